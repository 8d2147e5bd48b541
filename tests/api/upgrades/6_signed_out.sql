-- What a server of schema 6 wrote: a person whom an administrator signed out.
UPDATE accounts SET signed_out_at = 1735600631260 WHERE id = '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a';
UPDATE sessions SET ended_at = 1735600631260 WHERE account_id = '01a22ebf-7d4c-7bcd-a0b3-8f78509e5b9a';
