-- When somebody else signed the person out of the organization: a session that proved its password before, in whichever
-- organization, does not lead back in.
ALTER TABLE accounts ADD COLUMN signed_out_at BIGINT;
