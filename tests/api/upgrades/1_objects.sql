-- What a server of schema 1 wrote besides: a group with a role, objects with access to them, defaults, a change of two
-- accounts that can be undone, wrong passwords, a mail's allowance, an answer kept for a repeated request, and a set-up link.
INSERT INTO user_groups (id, organization_id, name, name_key, description, kind, version, created_at) VALUES
('01a22ebf-7e01-7450-ab1a-d82ccff66742', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'Night shift', 'night shift', 'Café, 日本', 'group', 2, 1735600631085);
INSERT INTO group_roles (group_id, role_id) VALUES
('01a22ebf-7e01-7450-ab1a-d82ccff66742', '01a22ebf-7d3c-7219-b890-f0da764fa20c');
INSERT INTO memberships (account_id, group_id, team_role, valid_until, source, added_by, added_at) VALUES
('01a22ebf-7ca0-7450-9d89-f7c771f28bd3', '01a22ebf-7e01-7450-ab1a-d82ccff66742', NULL, 4891363200000, 'manual', '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 1735600631116);
INSERT INTO grants (account_id, what, key, valid_until, source, granted_by, granted_at) VALUES
('01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', 'permission', 'alerts', 4891363200000, 'manual', '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 1735600631120);
INSERT INTO default_groups (organization_id, group_id, set_by) VALUES
('01a22ebf-7ca0-736d-a2d9-c1d8354b3429', '01a22ebf-7d2d-7450-ab1a-d82ccff66741', '01a22ebf-7ca0-7450-9d89-f7c771f28bd3');
INSERT INTO default_permissions (organization_id, permission, set_by) VALUES
('01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'dashboards', '01a22ebf-7ca0-7450-9d89-f7c771f28bd3');
INSERT INTO operations (id, organization_id, subject_json, permission, actor, created_at, undone_at) VALUES
('01a22ebf-7e02-7450-ab1a-d82ccff66743', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', '"status"', 'accounts.manage', '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 1735600631130, NULL);
INSERT INTO operation_items (operation_id, account_id, position, version, before_json) VALUES
('01a22ebf-7e02-7450-ab1a-d82ccff66743', '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', 0, 2, '{}'),
('01a22ebf-7e02-7450-ab1a-d82ccff66743', '01a22ebf-7dc3-76c4-b35c-88a65c5f808f', 1, 1, '{}');
INSERT INTO objects (id, organization_id, type, external_id, name, name_key, owner_id, restricted, version, created_at) VALUES
('01a22ebf-7e03-7450-ab1a-d82ccff66744', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'dashboard', 'latency', 'Latency', 'latency', '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', 1, 3, 1735600631140),
('01a22ebf-7e04-7450-ab1a-d82ccff66745', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'dashboard', 'errors', 'Errors', 'errors', NULL, 0, 1, 1735600631140);
INSERT INTO object_access (object_id, account_id, group_id, level, valid_until, granted_by, granted_at) VALUES
('01a22ebf-7e03-7450-ab1a-d82ccff66744', '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', NULL, 'modify', NULL, '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', 1735600631141),
('01a22ebf-7e03-7450-ab1a-d82ccff66744', NULL, '01a22ebf-7d2d-7450-ab1a-d82ccff66741', 'view', 4891363200000, '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', 1735600631141);
INSERT INTO guesses (name_key, guesses, window_start, last_at) VALUES
('ana@example.com', 3, 1735600631000, 1735600631100);
INSERT INTO mail_allowances (email_key, full_at) VALUES
('ben@example.com', 1735604231235);
INSERT INTO idempotency_keys (account_id, idempotency_key, request_hash, response, created_at) VALUES
('01a22ebf-7ca0-7450-9d89-f7c771f28bd3', '"one"', '91f584f3491921121086f2162a77bd11859169966e07cdeba41314205a522744', '{}', 1735600631235);
INSERT INTO setup_tokens (token_hash, created_at) VALUES
('8cad6e0c5937e1a2dcf137f25f1fa5bcc54d93466490b455d76ade8390bca953', 1735600630900);
