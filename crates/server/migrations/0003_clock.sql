-- The highest time that any server has seen: where the system's clock is set back over a restart, the next one goes on
-- from here, so that nothing expired lives again.
CREATE TABLE clock (
    only_one BIGINT PRIMARY KEY CHECK (only_one = 1),
    seen_at BIGINT NOT NULL
);
