-- What a server of schema 1 wrote: an organization with its Owner, a group, a role, and an invitation accepted and one pending.
INSERT INTO organizations (id, slug, name, profile, seats, invitation_ttl_ms, password_chars_min, default_level, revision, rights_revision, version, created_at) VALUES
('01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'acme-354b3429', 'Acme', 'default', NULL, 86400000, 15, NULL, 10, 6, 1, 1735600630944);
INSERT INTO setup (only_one, done_at) VALUES
(1, 1735600630944);
INSERT INTO server_key (only_one, fingerprint) VALUES
(1, '91f584f3491921121086f2162a77bd11859169966e07cdeba41314205a522744');
INSERT INTO persons (id, email, email_key, user_name, display_name, password_hash, password_changed_at, email_verified_at, created_at) VALUES
('01a22ebf-7ca0-7c74-beef-d698b446efbc', 'olivia@example.com', 'olivia@example.com', NULL, 'Olivia Owner', '$argon2id$v=19$m=19456,t=2,p=1$7S4PEGdzb7/c0ZxCCSCBsA$8LW2Rvt0d5OV9Mw7GcAQgoWl8j8HUbyBh9PulL8X6EM', 1735600630944, NULL, 1735600630944),
('01a22ebf-7d65-7965-8f01-d396c4187de0', 'ana@example.com', 'ana@example.com', NULL, 'Ana Analyst', '$argon2id$v=19$m=19456,t=2,p=1$1dFr0AP0I6rcIuiC9moSBw$NbrT/AiLJdZ+DfIdnfWDx25ny/NpCgYPyovk2igO8k0', 1735600631141, NULL, 1735600631141);
INSERT INTO roles (id, organization_id, key, name, name_key, description, built_in, level_rank, version, created_at) VALUES
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'admin', 'Admin', 'admin', 'Manages people and everything else.', 1, 3, 1, 1735600630944),
('01a22ebf-7ca0-7b0a-a41f-c8f38fec621b', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'editor', 'Editor', 'editor', 'Changes everything but people and settings.', 1, 2, 1, 1735600630944),
('01a22ebf-7ca0-7b29-b5d3-e5587ee9426e', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'viewer', 'Viewer', 'viewer', 'Looks, and changes nothing.', 1, 1, 1, 1735600630944),
('01a22ebf-7ca0-75a6-9c45-0873b03ab3d5', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'alerts', 'Alerts', 'alerts', 'Changes alerts and notifications.', 1, NULL, 1, 1735600630944),
('01a22ebf-7ca0-7c54-980a-45c3974d3d5e', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'data', 'Data', 'data', 'Changes data sources, proxies and ingestion.', 1, NULL, 1, 1735600630944),
('01a22ebf-7ca0-7905-842e-7169df52cd6a', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'trending', 'Trending', 'trending', 'Changes graphs and dashboards.', 1, NULL, 1, 1735600630944),
('01a22ebf-7ca0-70f4-a82b-39ceb2ee8c2f', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'owner', 'Owner', 'owner', 'Holds every permission of the console and of the product.', 1, NULL, 1, 1735600630944),
('01a22ebf-7d3c-7219-b890-f0da764fa20c', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'reviewers', 'Reviewers', 'reviewers', 'Look after what others do.', 0, NULL, 1, 1735600631100);
INSERT INTO role_permissions (role_id, permission) VALUES
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'accounts.delete'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'accounts.invite'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'accounts.manage'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'accounts.view'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'alerts'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'audit.view'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'billing.view'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'dashboards'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'data'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'deployments'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'groups.manage'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'ingestion'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'integrations'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'notifications'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'objects.manage'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'proxies'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'reports'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'roles.manage'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'runs'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'service_accounts.manage'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'sessions.revoke'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'settings.manage'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'teams.create'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'teams.manage_all'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'tokens.manage_all'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'trending'),
('01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', 'usage.view'),
('01a22ebf-7ca0-7b0a-a41f-c8f38fec621b', 'alerts'),
('01a22ebf-7ca0-7b0a-a41f-c8f38fec621b', 'audit.view'),
('01a22ebf-7ca0-7b0a-a41f-c8f38fec621b', 'dashboards'),
('01a22ebf-7ca0-7b0a-a41f-c8f38fec621b', 'data'),
('01a22ebf-7ca0-7b0a-a41f-c8f38fec621b', 'deployments'),
('01a22ebf-7ca0-7b0a-a41f-c8f38fec621b', 'ingestion'),
('01a22ebf-7ca0-7b0a-a41f-c8f38fec621b', 'integrations'),
('01a22ebf-7ca0-7b0a-a41f-c8f38fec621b', 'notifications'),
('01a22ebf-7ca0-7b0a-a41f-c8f38fec621b', 'proxies'),
('01a22ebf-7ca0-7b0a-a41f-c8f38fec621b', 'reports'),
('01a22ebf-7ca0-7b0a-a41f-c8f38fec621b', 'runs'),
('01a22ebf-7ca0-7b0a-a41f-c8f38fec621b', 'trending'),
('01a22ebf-7ca0-7b0a-a41f-c8f38fec621b', 'usage.view'),
('01a22ebf-7ca0-75a6-9c45-0873b03ab3d5', 'alerts'),
('01a22ebf-7ca0-75a6-9c45-0873b03ab3d5', 'notifications'),
('01a22ebf-7ca0-7c54-980a-45c3974d3d5e', 'data'),
('01a22ebf-7ca0-7c54-980a-45c3974d3d5e', 'ingestion'),
('01a22ebf-7ca0-7c54-980a-45c3974d3d5e', 'proxies'),
('01a22ebf-7ca0-7905-842e-7169df52cd6a', 'dashboards'),
('01a22ebf-7ca0-7905-842e-7169df52cd6a', 'trending'),
('01a22ebf-7ca0-70f4-a82b-39ceb2ee8c2f', '*'),
('01a22ebf-7d3c-7219-b890-f0da764fa20c', 'groups.manage');
INSERT INTO accounts (id, organization_id, kind, person_id, handle, email, display_name, name_key, search_text, description, level_id, level_granted_by, invited_at, activated_at, deactivated_at, deleted_at, valid_until, created_at, created_by, last_sign_in_at, last_active_at, active_days, version) VALUES
('01a22ebf-7ca0-7450-9d89-f7c771f28bd3', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'user', '01a22ebf-7ca0-7c74-beef-d698b446efbc', 'olivia@example.com', 'olivia@example.com', 'Olivia Owner', 'olivia owner', 'olivia owner
olivia@example.com
olivia@example.com

01a22ebf-7ca0-7450-9d89-f7c771f28bd3', '', '01a22ebf-7ca0-7b58-b25d-b91b0d25baaa', NULL, NULL, 1735600630944, NULL, NULL, NULL, 1735600630944, NULL, 1735600630944, 1735600630944, 1, 1),
('01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'user', '01a22ebf-7d65-7965-8f01-d396c4187de0', 'ana@example.com', 'ana@example.com', 'Ana Analyst', 'ana analyst', 'ana analyst
ana@example.com
ana@example.com

01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', '', '01a22ebf-7ca0-7b29-b5d3-e5587ee9426e', '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 1735600631116, 1735600631141, NULL, NULL, NULL, 1735600631116, '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 1735600631141, 1735600631141, 1, 2),
('01a22ebf-7dc3-76c4-b35c-88a65c5f808f', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'user', NULL, 'ben@example.com', 'ben@example.com', 'ben@example.com', 'ben@example.com', 'ben@example.com
ben@example.com


01a22ebf-7dc3-76c4-b35c-88a65c5f808f', '', '01a22ebf-7ca0-7b29-b5d3-e5587ee9426e', '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 1735600631235, NULL, NULL, NULL, NULL, 1735600631235, '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', NULL, NULL, 0, 1);
INSERT INTO invitations (account_id, generation, sent_by, sent_at, expires_at, send_count, level_id, delivery, attempts, last_error, link_requested_at, link_copied_at, outcome, ended_at) VALUES
('01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', 1, '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 1735600631116, 1735687031116, 1, NULL, 'link_only', 0, NULL, NULL, NULL, 'accepted', 1735600631141),
('01a22ebf-7dc3-76c4-b35c-88a65c5f808f', 1, '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 1735600631235, 1735687031235, 1, NULL, 'link_only', 0, NULL, NULL, NULL, NULL, NULL);
INSERT INTO invitation_links (token_hash, account_id, generation, created_at) VALUES
('8cad6e0c5937e1a2dcf137f25f1fa5bcc54d93466490b455d76ade8390bca952', '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', 1, 1735600631116),
('b107bee541a011c1fc1519e8dfd60750cc4abbee0259b9aaf92f7562f0284121', '01a22ebf-7dc3-76c4-b35c-88a65c5f808f', 1, 1735600631235);
INSERT INTO user_groups (id, organization_id, name, name_key, description, kind, version, created_at) VALUES
('01a22ebf-7ca0-73b7-b672-76fa177790fd', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'Everyone', 'everyone', 'All accounts, users and services.', 'everyone', 1, 1735600630944),
('01a22ebf-7d2d-7450-ab1a-d82ccff66741', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'Interns', 'interns', '', 'group', 1, 1735600631085);
INSERT INTO memberships (account_id, group_id, team_role, valid_until, source, added_by, added_at) VALUES
('01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', '01a22ebf-7d2d-7450-ab1a-d82ccff66741', NULL, NULL, 'invitation', '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 1735600631116);
INSERT INTO grants (account_id, what, key, valid_until, source, granted_by, granted_at) VALUES
('01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 'role', 'owner', NULL, 'manual', NULL, 1735600630944),
('01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', 'role', 'reviewers', NULL, 'invitation', '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 1735600631116);
INSERT INTO sessions (id_hash, person_id, account_id, organization_id, created_at, last_seen_at, expires_at, ip, user_agent, ended_at) VALUES
('c2840b59c90500767e650b478936fc028894b0274cc1dcc152cfde93e2202442', '01a22ebf-7ca0-7c74-beef-d698b446efbc', '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 1735600630944, 1735600630944, 1735643830944, '127.0.0.1', 'Python-urllib/3.11', NULL),
('407c5d01ae66b232e77ab7993ad249da31829d1cb6ca60243693239ee7e9c999', '01a22ebf-7d65-7965-8f01-d396c4187de0', '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 1735600631141, 1735600631141, 1735643831141, '127.0.0.1', 'Python-urllib/3.11', NULL);
INSERT INTO outbox (id, organization_id, kind, account_id, generation, created_at, due_at, leased_until, attempts, last_error, sent_at, dropped_at) VALUES
('01a22ebf-7d4c-7cbc-b276-ecae67c461a9', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'invitation', '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', 1, 1735600631116, 1735600631116, NULL, 1, NULL, 1735600631163, NULL),
('01a22ebf-7dc3-7339-9331-04159ce0cadb', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 'invitation', '01a22ebf-7dc3-76c4-b35c-88a65c5f808f', 1, 1735600631235, 1735600631235, NULL, 1, NULL, 1735600631243, NULL);
INSERT INTO audit_events (organization_id, seq, at, actor, action, target, before_json, after_json, ip, request_id, previous_hash, hash) VALUES
('01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 1, 1735600630944, NULL, 'organization.created', '01a22ebf-7ca0-736d-a2d9-c1d8354b3429', NULL, '{"name":"Acme","owner":"01a22ebf-7ca0-7450-9d89-f7c771f28bd3","profile":"default"}', '127.0.0.1', '6ed190a4bbba6bde8ea4b635', '0000000000000000000000000000000000000000000000000000000000000000', 'f0b1397ce7c3e37aa61797c13d75293d8971edb0d11bfdda54f0e2a9d6eb5a77'),
('01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 2, 1735600630944, '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 'session.started', '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', NULL, NULL, '127.0.0.1', '6ed190a4bbba6bde8ea4b635', 'f0b1397ce7c3e37aa61797c13d75293d8971edb0d11bfdda54f0e2a9d6eb5a77', '34d6e46f93f19f72777955c0fe2028947a86bbc596c75bcc7d4844393958605e'),
('01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 3, 1735600631085, '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 'group.created', '01a22ebf-7d2d-7450-ab1a-d82ccff66741', NULL, '{"name":"Interns","description":""}', '127.0.0.1', '09e4b2b8306ac85f642887f3', '34d6e46f93f19f72777955c0fe2028947a86bbc596c75bcc7d4844393958605e', '7b52a5645b97d634be619b80185159ff7b2aa95dc9d4743946608983e6ab3c4e'),
('01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 4, 1735600631100, '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 'role.created', '01a22ebf-7d3c-7219-b890-f0da764fa20c', NULL, '{"id":"01a22ebf-7d3c-7219-b890-f0da764fa20c","key":"reviewers","name":"Reviewers","description":"Look after what others do.","permissions":["groups.manage"],"built_in":false,"accounts":0,"service_accounts":0,"groups":0,"version":1}', '127.0.0.1', 'bc8c3c75d40ad492ab94dcb2', '7b52a5645b97d634be619b80185159ff7b2aa95dc9d4743946608983e6ab3c4e', 'd7e6aaecd380ef3a13ffba68e9fe379c66e7e7781114eeb8963b9b0f0b1d353c'),
('01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 5, 1735600631116, '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 'invitation.sent', '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', NULL, '{"email":"ana@example.com","groups":["01a22ebf-7d2d-7450-ab1a-d82ccff66741"],"level":"viewer","permissions":[],"roles":["reviewers"]}', '127.0.0.1', '5ebc599ec6830b964a42100f', 'd7e6aaecd380ef3a13ffba68e9fe379c66e7e7781114eeb8963b9b0f0b1d353c', '314412e524de666271ddf4c8d45ecbd17eb8bcad643e739b9f83df91395c6682'),
('01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 6, 1735600631141, '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', 'invitation.accepted', '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', NULL, NULL, '127.0.0.1', '3d4ff4199f86c5dcbd70c77a', '314412e524de666271ddf4c8d45ecbd17eb8bcad643e739b9f83df91395c6682', '024e19887c17419f71427e6ea64176917c957ae40b2e978deccdfc8a962d6e88'),
('01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 7, 1735600631141, '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', 'session.started', '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a', NULL, NULL, '127.0.0.1', '3d4ff4199f86c5dcbd70c77a', '024e19887c17419f71427e6ea64176917c957ae40b2e978deccdfc8a962d6e88', '7f16e0bdcfb35c4f202294ed6f0c0cdedbff0abb043ba1b47a4c5279edfd3048'),
('01a22ebf-7ca0-736d-a2d9-c1d8354b3429', 8, 1735600631235, '01a22ebf-7ca0-7450-9d89-f7c771f28bd3', 'invitation.sent', '01a22ebf-7dc3-76c4-b35c-88a65c5f808f', NULL, '{"email":"ben@example.com","groups":[],"level":"viewer","permissions":[],"roles":[]}', '127.0.0.1', '8a8e32d07f64043d5edc8f27', '7f16e0bdcfb35c4f202294ed6f0c0cdedbff0abb043ba1b47a4c5279edfd3048', '86c63ef9e1602151d0c6975a0832a9dab2c345fd704cf62fb77963acd626148d');
