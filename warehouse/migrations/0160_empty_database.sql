-- Guarded SQL runs in a database that never holds a table: a name in it that is not one of our CTEs is nothing. In
-- memory, since there is nothing to keep; a table in a second database would end the embedded engine hard.

CREATE DATABASE IF NOT EXISTS plumbline_nothing {{on_cluster}} ENGINE = Memory;
