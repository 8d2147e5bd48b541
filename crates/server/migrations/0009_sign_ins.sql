-- Which sign-in a session goes back to: the hash of the first id that it gave. A sign-out ends all that was made of it, also by
-- a request that changed the organization, or proved the password once more, at the same moment.
ALTER TABLE sessions ADD COLUMN sign_in_id KEY_TEXT NOT NULL DEFAULT '';
UPDATE sessions SET sign_in_id = id_hash;
CREATE INDEX sessions_by_sign_in ON sessions (sign_in_id);

-- How many characters the person's password is known to have, as far as any organization asks for: no more is kept of its
-- length. Absent until it was entered once.
ALTER TABLE persons ADD COLUMN password_chars BIGINT;
