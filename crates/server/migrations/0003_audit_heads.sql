-- Where the chain of each organization's audit log ends: without it, rows deleted from the end would leave a whole chain.
CREATE TABLE audit_heads (
    organization_id TEXT PRIMARY KEY REFERENCES organizations (id),
    -- Of the newest row.
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    -- A keyed hash over the above. Empty where it was written without the server's key: the next start seals it.
    seal TEXT NOT NULL
);
INSERT INTO audit_heads (organization_id, seq, hash, seal)
SELECT e.organization_id, e.seq, e.hash, '' FROM audit_events e
JOIN (SELECT organization_id, MAX(seq) AS seq FROM audit_events GROUP BY organization_id) newest
  ON newest.organization_id = e.organization_id AND newest.seq = e.seq;
