-- database
CREATE DATABASE IF NOT EXISTS {db} ON CLUSTER 'care';

-- record
CREATE TABLE IF NOT EXISTS {db}.migrations ON CLUSTER 'care' (number UInt32, applied_at DateTime64(6, 'UTC'), hash String)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/{table}', '{shard}-{replica}') ORDER BY (number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

-- 1 facts 0545a5847c7d00ec
CREATE TABLE IF NOT EXISTS {db}.events_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, event_id UUID, stream String, revision UInt64, type LowCardinality(String), recorded_at DateTime64(6, 'UTC'), received_at DateTime64(6, 'UTC'), occurred_on Date32, actor LowCardinality(String), device LowCardinality(String), area LowCardinality(String), INDEX by_time recorded_at TYPE minmax GRANULARITY 1)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0, index_granularity = 1024, min_compress_block_size = 16384, max_compress_block_size = 32768;

CREATE TABLE IF NOT EXISTS {db}.events ON CLUSTER 'care' AS {db}.events_local
ENGINE = Distributed('care', '{db}', 'events_local', cityHash64(prefecture));

CREATE TABLE IF NOT EXISTS {db}.visits_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, elder UUID, visit UUID, occurred_on Date32, mode LowCardinality(String), outcome LowCardinality(String))
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, toStartOfMonth(occurred_on), elder, visit, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.visits ON CLUSTER 'care' AS {db}.visits_local
ENGINE = Distributed('care', '{db}', 'visits_local', cityHash64(prefecture));

CREATE TABLE IF NOT EXISTS {db}.amendments_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, fact UUID, kind LowCardinality(String), was_on Date32)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, fact, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.amendments ON CLUSTER 'care' AS {db}.amendments_local
ENGINE = Distributed('care', '{db}', 'amendments_local', cityHash64(prefecture));

CREATE TABLE IF NOT EXISTS {db}.elder_states_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, elder UUID, aspect LowCardinality(String), effective_on Date32, area LowCardinality(String), sex LowCardinality(String), birth_month Int32, circumstances Array(LowCardinality(String)))
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, elder, aspect, effective_on, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.elder_states ON CLUSTER 'care' AS {db}.elder_states_local
ENGINE = Distributed('care', '{db}', 'elder_states_local', cityHash64(prefecture));

CREATE TABLE IF NOT EXISTS {db}.bed_changes_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, area LowCardinality(String), institution UUID, effective_on Date32, beds Int64, nursing Int64, operating Int64)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, institution, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.bed_changes ON CLUSTER 'care' AS {db}.bed_changes_local
ENGINE = Distributed('care', '{db}', 'bed_changes_local', cityHash64(prefecture));

CREATE TABLE IF NOT EXISTS {db}.stay_changes_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, area LowCardinality(String), institution UUID, stay UUID, elder UUID, effective_on Date32, change Int8)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, stay, number, change)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.stay_changes ON CLUSTER 'care' AS {db}.stay_changes_local
ENGINE = Distributed('care', '{db}', 'stay_changes_local', cityHash64(prefecture));

CREATE TABLE IF NOT EXISTS {db}.retrofits_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, area LowCardinality(String), household UUID, retrofit UUID, accepted_on Date32)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, household, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.retrofits ON CLUSTER 'care' AS {db}.retrofits_local
ENGINE = Distributed('care', '{db}', 'retrofits_local', cityHash64(prefecture));

CREATE TABLE IF NOT EXISTS {db}.place_changes_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, area LowCardinality(String), childcare UUID, effective_on Date32, places Int64, inclusive Int64)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, childcare, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.place_changes ON CLUSTER 'care' AS {db}.place_changes_local
ENGINE = Distributed('care', '{db}', 'place_changes_local', cityHash64(prefecture));

CREATE TABLE IF NOT EXISTS {db}.filings_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, area LowCardinality(String), childcare UUID, filed_on Date32)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, childcare, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.filings ON CLUSTER 'care' AS {db}.filings_local
ENGINE = Distributed('care', '{db}', 'filings_local', cityHash64(prefecture));

CREATE TABLE IF NOT EXISTS {db}.enrolment_changes_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, area LowCardinality(String), childcare UUID, enrolment UUID, child UUID, birth_month Int32, effective_on Date32, change Int8)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, enrolment, number, change)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.enrolment_changes ON CLUSTER 'care' AS {db}.enrolment_changes_local
ENGINE = Distributed('care', '{db}', 'enrolment_changes_local', cityHash64(prefecture));

CREATE TABLE IF NOT EXISTS {db}.figures_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, area LowCardinality(String), series LowCardinality(String), period LowCardinality(String), period_end Date32, value Float64, unit LowCardinality(String))
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, series, area, period, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.figures ON CLUSTER 'care' AS {db}.figures_local
ENGINE = Distributed('care', '{db}', 'figures_local', cityHash64(prefecture));

CREATE TABLE IF NOT EXISTS {db}.alerts_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, alert UUID, state LowCardinality(String), at DateTime64(6, 'UTC'), rule LowCardinality(String), code LowCardinality(String), variant LowCardinality(String), area LowCardinality(String), period LowCardinality(String), unit LowCardinality(String), reason LowCardinality(String), value Nullable(Float64), expected Nullable(Float64))
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, alert, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.alerts ON CLUSTER 'care' AS {db}.alerts_local
ENGINE = Distributed('care', '{db}', 'alerts_local', cityHash64(prefecture));

CREATE TABLE IF NOT EXISTS {db}.parked_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, event_id UUID, type LowCardinality(String), reason String)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.parked ON CLUSTER 'care' AS {db}.parked_local
ENGINE = Distributed('care', '{db}', 'parked_local', cityHash64(prefecture));

-- 2 cells c109167f18054478
CREATE TABLE IF NOT EXISTS {db}.cells_local ON CLUSTER 'care' (prefecture LowCardinality(String), month Int32, code LowCardinality(String), variant LowCardinality(String), version UInt32, area LowCardinality(String), number UInt64, computed_at DateTime64(6, 'UTC'), value Nullable(Float64), numerator Nullable(Float64), denominator Nullable(Float64), records UInt64)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', number) ORDER BY (prefecture, month, code, variant, area)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.cells ON CLUSTER 'care' AS {db}.cells_local
ENGINE = Distributed('care', '{db}', 'cells_local', cityHash64(prefecture));

CREATE TABLE IF NOT EXISTS {db}.cell_history_local ON CLUSTER 'care' (prefecture LowCardinality(String), month Int32, code LowCardinality(String), variant LowCardinality(String), version UInt32, area LowCardinality(String), number UInt64, computed_at DateTime64(6, 'UTC'), value Nullable(Float64), numerator Nullable(Float64), denominator Nullable(Float64), records UInt64)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, code, variant, area, month, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.cell_history ON CLUSTER 'care' AS {db}.cell_history_local
ENGINE = Distributed('care', '{db}', 'cell_history_local', cityHash64(prefecture));

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.cells_to_history ON CLUSTER 'care' TO {db}.cell_history_local AS
SELECT * FROM {db}.cells_local WHERE area != '';

-- 3 progress 81e9c69b265b3fa3
CREATE TABLE IF NOT EXISTS {db}.progress_local ON CLUSTER 'care' (prefecture LowCardinality(String), term UInt64, epoch Int32, number UInt64, event_id UUID, commit UInt64, prepare UInt64, at DateTime64(6, 'UTC'), tables Array(String), rows Array(UInt64), numbers Array(UInt64))
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', number) ORDER BY (prefecture, term)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.progress ON CLUSTER 'care' AS {db}.progress_local
ENGINE = Distributed('care', '{db}', 'progress_local', cityHash64(prefecture));

-- 4 parked events 08729705ac08651b
ALTER TABLE {db}.parked_local ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS panic LowCardinality(String);

ALTER TABLE {db}.parked ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS panic LowCardinality(String);

ALTER TABLE {db}.parked_local ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS stack Array(String);

ALTER TABLE {db}.parked ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS stack Array(String);

ALTER TABLE {db}.parked_local ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS stream String;

ALTER TABLE {db}.parked ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS stream String;

ALTER TABLE {db}.parked_local ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS revision UInt64;

ALTER TABLE {db}.parked ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS revision UInt64;

ALTER TABLE {db}.parked_local ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS area LowCardinality(String);

ALTER TABLE {db}.parked ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS area LowCardinality(String);

ALTER TABLE {db}.parked_local ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS occurred_in Int32;

ALTER TABLE {db}.parked ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS occurred_in Int32;

ALTER TABLE {db}.parked_local ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS areas Array(LowCardinality(String));

ALTER TABLE {db}.parked ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS areas Array(LowCardinality(String));

ALTER TABLE {db}.parked_local ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS since Int32;

ALTER TABLE {db}.parked ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS since Int32;

ALTER TABLE {db}.parked_local ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS parked_at DateTime64(6, 'UTC');

ALTER TABLE {db}.parked ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS parked_at DateTime64(6, 'UTC');

ALTER TABLE {db}.parked_local ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS tried_at DateTime64(6, 'UTC');

ALTER TABLE {db}.parked ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS tried_at DateTime64(6, 'UTC');

ALTER TABLE {db}.parked_local ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS request UUID;

ALTER TABLE {db}.parked ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS request UUID;

ALTER TABLE {db}.parked_local ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS settled_at DateTime64(6, 'UTC');

ALTER TABLE {db}.parked ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS settled_at DateTime64(6, 'UTC');

-- 5 freshness 8936f65a675caac9
CREATE TABLE IF NOT EXISTS {db}.heard_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, event_id UUID, stream String, revision UInt64, type LowCardinality(String), recorded_at DateTime64(6, 'UTC'), received_at DateTime64(6, 'UTC'), occurred_on Date32, actor LowCardinality(String), device LowCardinality(String), area LowCardinality(String), INDEX by_time recorded_at TYPE minmax GRANULARITY 1)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', number) ORDER BY (prefecture, area, device)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.heard ON CLUSTER 'care' AS {db}.heard_local
ENGINE = Distributed('care', '{db}', 'heard_local', cityHash64(prefecture));

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.events_to_heard ON CLUSTER 'care' TO {db}.heard_local AS
SELECT * FROM {db}.events_local WHERE splitByChar('-', stream)[1] IN ('elder', 'child', 'institution', 'childcare', 'retrofit', 'figure') AND actor != 'system' AND NOT startsWith(actor, 'process:');

-- 6 standings ad62c3073f49c60d
CREATE TABLE IF NOT EXISTS {db}.standings_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, subject UUID, kind LowCardinality(String), standing LowCardinality(String), area LowCardinality(String), effective_on Date32, until Date32, holds UInt8, record UUID)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, kind, subject, standing, effective_on, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.standings ON CLUSTER 'care' AS {db}.standings_local
ENGINE = Distributed('care', '{db}', 'standings_local', cityHash64(prefecture));

CREATE TABLE IF NOT EXISTS {db}.activities_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, subject UUID, kind LowCardinality(String), activity LowCardinality(String), area LowCardinality(String), occurred_on Date32, record UUID)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, activity, toStartOfMonth(occurred_on), subject, record, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.activities ON CLUSTER 'care' AS {db}.activities_local
ENGINE = Distributed('care', '{db}', 'activities_local', cityHash64(prefecture));

-- 7 version of the facts fc2d8cdb3cee85ab
ALTER TABLE {db}.progress_local ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS facts UInt32;

ALTER TABLE {db}.progress ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS facts UInt32;

-- 8 freshness of units, the newest only ed5676764b1984cd
ALTER TABLE {db}.events_to_heard ON CLUSTER 'care' MODIFY QUERY
SELECT * FROM {db}.events_local WHERE splitByChar('-', stream)[1] IN ('elder', 'child', 'institution', 'childcare', 'retrofit', 'figure', 'unit') AND actor != 'system' AND NOT startsWith(actor, 'process:') ORDER BY number DESC LIMIT 1 BY prefecture, area, device;

-- 9 merged registrations 5db6cc14667f0abb
CREATE TABLE IF NOT EXISTS {db}.merges_local ON CLUSTER 'care' (prefecture LowCardinality(String), number UInt64, kind LowCardinality(String), subject UUID, survivor UUID)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (prefecture, subject, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.merges ON CLUSTER 'care' AS {db}.merges_local
ENGINE = Distributed('care', '{db}', 'merges_local', cityHash64(prefecture));

