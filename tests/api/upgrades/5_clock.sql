-- What a server of schema 5 wrote: the highest time it had seen.
INSERT INTO clock (only_one, seen_at) VALUES (1, 1735600631267);
