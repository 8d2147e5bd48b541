-- What a server of schema 3 wrote besides: a token with scopes, used for one of them, and a person who answers for the account.
UPDATE accounts SET owner_account_id = '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a' WHERE id = '01a22ebf-7dc9-7d99-9071-f9d94eedceee';
UPDATE organizations SET token_ttl_days_max = 90, token_expiry_required = 1 WHERE id = '01a22ebf-7ca0-736d-a2d9-c1d8354b3429';
UPDATE sessions SET confirmed_at = 1735600631200 WHERE person_id = '01a22ebf-7ca0-7c74-beef-d698b446efbc';
INSERT INTO tokens (id, organization_id, account_id, kind, name, search_text, hint, hash, scopes_unused, networks, on_behalf, created_at, created_by, expires_at, last_used_at, last_used_ip, last_used_agent, last_used_for, revoked_at, revoked_by, revoke_reason, replaced_by, version) VALUES
('01a22ebf-7e05-7d39-b7a0-ff1021c5c302', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', '01a22ebf-7dc9-7d99-9071-f9d94eedceee', 'service', 'narrow', 'narrow
rsts_aaaa', 'rsts_aaaa', 'bf4f24d6f8f7c192d128a8ddc537de86af62e86f8be1669eeec962802cae9b40', 1, '10.0.0.0/8,2001:db8::/32', 1, 1735600631242, '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 1743376631242, 1735600631250, '10.0.0.7', 'curl/8', '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', 1735600631251, '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 'Leaked.', '01a22ebf-7dc9-7d39-b7a0-ff1021c5c301', 3);
INSERT INTO token_scopes (token_id, permission) VALUES
('01a22ebf-7e05-7d39-b7a0-ff1021c5c302', 'accounts.view'),
('01a22ebf-7e05-7d39-b7a0-ff1021c5c302', 'audit.view');
INSERT INTO token_uses (token_id, permission, first_used_at) VALUES
('01a22ebf-7e05-7d39-b7a0-ff1021c5c302', 'accounts.view', 1735600631250);
