-- What a server of schema 4 wrote when it started: the end of the audit log, sealed with its key.
UPDATE audit_heads SET seal = '36d8ab66b8b21399b73fd54c0bb90fd0a6c3817aeeb5a10f12961a93125cd56b' WHERE seq = 10;
