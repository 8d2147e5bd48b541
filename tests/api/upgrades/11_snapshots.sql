-- What a server of schema 11 wrote: what the open link opens, an answer kept for a repeated request, a mail's allowance.
INSERT INTO access_snapshots (id, content) VALUES
('01a22ebf-7e06-7450-ab1a-d82ccff66746', '{"permissions":{"audit.view":null}}');
UPDATE invitations SET snapshot_id = '01a22ebf-7e06-7450-ab1a-d82ccff66746' WHERE account_id = '01a22ebf-7dc3-76c4-b35c-88a65c5f808f';
INSERT INTO idempotency_keys (caller, route, idempotency_key, request_hash, status, version, response, created_at) VALUES
('01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 'POST /api/v1/groups', '"one"', '91f584f3491921121086f2162a77bd11859169966e07cdeba41314205a522744', 201, 1, '{}', 1735600631235);
INSERT INTO mail_allowances (organization_id, email_key, full_at) VALUES
('01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'ben@example.com', 1735604231235);
