-- The organizations whose audit log was ever sealed with the server's key: such a log is never without a seal again.
CREATE TABLE sealed_logs (
    only_one BIGINT PRIMARY KEY CHECK (only_one = 1),
    -- Their ids in order, with commas between them.
    organizations KEY_TEXT NOT NULL,
    -- A keyed hash over the above.
    seal KEY_TEXT NOT NULL
);
