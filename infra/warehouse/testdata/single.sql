-- database
CREATE DATABASE IF NOT EXISTS {db};

-- record
CREATE TABLE IF NOT EXISTS {db}.migrations (number UInt32, applied_at DateTime64(6, 'UTC'), hash String)
ENGINE = ReplacingMergeTree ORDER BY (number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- 1 facts af1e496830e1f1f9
CREATE TABLE IF NOT EXISTS {db}.events (prefecture LowCardinality(String), number UInt64, event_id UUID, stream String, revision UInt64, type LowCardinality(String), recorded_at DateTime64(6, 'UTC'), received_at DateTime64(6, 'UTC'), occurred_on Date32, actor LowCardinality(String), device LowCardinality(String), area LowCardinality(String), INDEX by_time recorded_at TYPE minmax GRANULARITY 1)
ENGINE = ReplacingMergeTree ORDER BY (prefecture, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 1024, min_compress_block_size = 16384, max_compress_block_size = 32768;

CREATE TABLE IF NOT EXISTS {db}.visits (prefecture LowCardinality(String), number UInt64, elder UUID, visit UUID, occurred_on Date32, mode LowCardinality(String), outcome LowCardinality(String))
ENGINE = ReplacingMergeTree ORDER BY (prefecture, toStartOfMonth(occurred_on), elder, visit, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.amendments (prefecture LowCardinality(String), number UInt64, fact UUID, kind LowCardinality(String), was_on Date32)
ENGINE = ReplacingMergeTree ORDER BY (prefecture, fact, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.elder_states (prefecture LowCardinality(String), number UInt64, elder UUID, aspect LowCardinality(String), effective_on Date32, area LowCardinality(String), sex LowCardinality(String), birth_month Int32, circumstances Array(LowCardinality(String)))
ENGINE = ReplacingMergeTree ORDER BY (prefecture, elder, aspect, effective_on, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.bed_changes (prefecture LowCardinality(String), number UInt64, area LowCardinality(String), institution UUID, effective_on Date32, beds Int64, nursing Int64, operating Int64)
ENGINE = ReplacingMergeTree ORDER BY (prefecture, institution, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.stay_changes (prefecture LowCardinality(String), number UInt64, area LowCardinality(String), institution UUID, stay UUID, elder UUID, effective_on Date32, change Int8)
ENGINE = ReplacingMergeTree ORDER BY (prefecture, stay, number, change)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.retrofits (prefecture LowCardinality(String), number UInt64, area LowCardinality(String), household UUID, retrofit UUID, accepted_on Date32)
ENGINE = ReplacingMergeTree ORDER BY (prefecture, household, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.place_changes (prefecture LowCardinality(String), number UInt64, area LowCardinality(String), childcare UUID, effective_on Date32, places Int64, inclusive Int64)
ENGINE = ReplacingMergeTree ORDER BY (prefecture, childcare, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.filings (prefecture LowCardinality(String), number UInt64, area LowCardinality(String), childcare UUID, filed_on Date32)
ENGINE = ReplacingMergeTree ORDER BY (prefecture, childcare, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.enrolment_changes (prefecture LowCardinality(String), number UInt64, area LowCardinality(String), childcare UUID, enrolment UUID, child UUID, birth_month Int32, effective_on Date32, change Int8)
ENGINE = ReplacingMergeTree ORDER BY (prefecture, enrolment, number, change)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.figures (prefecture LowCardinality(String), number UInt64, area LowCardinality(String), series LowCardinality(String), period LowCardinality(String), period_end Date32, value Float64, unit LowCardinality(String))
ENGINE = ReplacingMergeTree ORDER BY (prefecture, series, area, period, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.alerts (prefecture LowCardinality(String), number UInt64, alert UUID, state LowCardinality(String), at DateTime64(6, 'UTC'), rule LowCardinality(String), code LowCardinality(String), variant LowCardinality(String), area LowCardinality(String), period LowCardinality(String), unit LowCardinality(String), reason LowCardinality(String), value Nullable(Float64), expected Nullable(Float64))
ENGINE = ReplacingMergeTree ORDER BY (prefecture, alert, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.parked (prefecture LowCardinality(String), number UInt64, event_id UUID, type LowCardinality(String), reason String)
ENGINE = ReplacingMergeTree ORDER BY (prefecture, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- 2 cells 09294ae03e59684d
CREATE TABLE IF NOT EXISTS {db}.cells (prefecture LowCardinality(String), month Int32, code LowCardinality(String), variant LowCardinality(String), version UInt32, area LowCardinality(String), number UInt64, computed_at DateTime64(6, 'UTC'), value Nullable(Float64), numerator Nullable(Float64), denominator Nullable(Float64), records UInt64)
ENGINE = ReplacingMergeTree(number) ORDER BY (prefecture, month, code, variant, area)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.cell_history (prefecture LowCardinality(String), month Int32, code LowCardinality(String), variant LowCardinality(String), version UInt32, area LowCardinality(String), number UInt64, computed_at DateTime64(6, 'UTC'), value Nullable(Float64), numerator Nullable(Float64), denominator Nullable(Float64), records UInt64)
ENGINE = ReplacingMergeTree ORDER BY (prefecture, code, variant, area, month, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.cells_to_history TO {db}.cell_history AS
SELECT * FROM {db}.cells WHERE area != '';

-- 3 progress 683e993fcc2e6772
CREATE TABLE IF NOT EXISTS {db}.progress (prefecture LowCardinality(String), term UInt64, epoch Int32, number UInt64, event_id UUID, commit UInt64, prepare UInt64, at DateTime64(6, 'UTC'), tables Array(String), rows Array(UInt64), numbers Array(UInt64))
ENGINE = ReplacingMergeTree(number) ORDER BY (prefecture, term)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- 4 parked events 5c508529a1e8bdbe
ALTER TABLE {db}.parked ADD COLUMN IF NOT EXISTS panic LowCardinality(String);

ALTER TABLE {db}.parked ADD COLUMN IF NOT EXISTS stack Array(String);

ALTER TABLE {db}.parked ADD COLUMN IF NOT EXISTS stream String;

ALTER TABLE {db}.parked ADD COLUMN IF NOT EXISTS revision UInt64;

ALTER TABLE {db}.parked ADD COLUMN IF NOT EXISTS area LowCardinality(String);

ALTER TABLE {db}.parked ADD COLUMN IF NOT EXISTS occurred_in Int32;

ALTER TABLE {db}.parked ADD COLUMN IF NOT EXISTS areas Array(LowCardinality(String));

ALTER TABLE {db}.parked ADD COLUMN IF NOT EXISTS since Int32;

ALTER TABLE {db}.parked ADD COLUMN IF NOT EXISTS parked_at DateTime64(6, 'UTC');

ALTER TABLE {db}.parked ADD COLUMN IF NOT EXISTS tried_at DateTime64(6, 'UTC');

ALTER TABLE {db}.parked ADD COLUMN IF NOT EXISTS request UUID;

ALTER TABLE {db}.parked ADD COLUMN IF NOT EXISTS settled_at DateTime64(6, 'UTC');

-- 5 freshness 7647f90bf07c2a07
CREATE TABLE IF NOT EXISTS {db}.heard (prefecture LowCardinality(String), number UInt64, event_id UUID, stream String, revision UInt64, type LowCardinality(String), recorded_at DateTime64(6, 'UTC'), received_at DateTime64(6, 'UTC'), occurred_on Date32, actor LowCardinality(String), device LowCardinality(String), area LowCardinality(String), INDEX by_time recorded_at TYPE minmax GRANULARITY 1)
ENGINE = ReplacingMergeTree(number) ORDER BY (prefecture, area, device)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.events_to_heard TO {db}.heard AS
SELECT * FROM {db}.events WHERE splitByChar('-', stream)[1] IN ('elder', 'child', 'institution', 'childcare', 'retrofit', 'figure') AND actor != 'system' AND NOT startsWith(actor, 'process:');

-- 6 standings dab66d708f764828
CREATE TABLE IF NOT EXISTS {db}.standings (prefecture LowCardinality(String), number UInt64, subject UUID, kind LowCardinality(String), standing LowCardinality(String), area LowCardinality(String), effective_on Date32, until Date32, holds UInt8, record UUID)
ENGINE = ReplacingMergeTree ORDER BY (prefecture, kind, subject, standing, effective_on, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.activities (prefecture LowCardinality(String), number UInt64, subject UUID, kind LowCardinality(String), activity LowCardinality(String), area LowCardinality(String), occurred_on Date32, record UUID)
ENGINE = ReplacingMergeTree ORDER BY (prefecture, activity, toStartOfMonth(occurred_on), subject, record, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- 7 version of the facts 75de16c00efd647c
ALTER TABLE {db}.progress ADD COLUMN IF NOT EXISTS facts UInt32;

-- 8 freshness of units, the newest only 4849bc35681c15f0
ALTER TABLE {db}.events_to_heard MODIFY QUERY
SELECT * FROM {db}.events WHERE splitByChar('-', stream)[1] IN ('elder', 'child', 'institution', 'childcare', 'retrofit', 'figure', 'unit') AND actor != 'system' AND NOT startsWith(actor, 'process:') ORDER BY number DESC LIMIT 1 BY prefecture, area, device;

-- 9 merged registrations c7793ec09763fc05
CREATE TABLE IF NOT EXISTS {db}.merges (prefecture LowCardinality(String), number UInt64, kind LowCardinality(String), subject UUID, survivor UUID)
ENGINE = ReplacingMergeTree ORDER BY (prefecture, subject, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

