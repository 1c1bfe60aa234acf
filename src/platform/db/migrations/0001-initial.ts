import { type Kysely, sql } from 'kysely'

/** Each statement on its own: the schema of docs/data-model.md. Digests are the 32 raw bytes; times are timestamptz. */
const statements = [
  // Content: shared by all organisations, reached only through an organisation's own row.
  `create table name (id int generated always as identity primary key, ecosystem text not null, name text collate "C" not null, unique (ecosystem, name))`,
  `create table subject (
    id int generated always as identity primary key, key_hash bytea not null unique,
    space text not null, lookup_key text not null, comparer text not null, version text not null,
    arch text, cpe_context text, flavour text,
    matcher_version smallint, matched_generation int, places bigint[] not null default '{}', last_used_at timestamptz not null default now())`,
  // Places of the vulnerability database that the verdict depends on.
  `create index subject_places on subject using gin (places) with (fastupdate = off)`,
  `create index subject_generation on subject (matched_generation, id)`,
  `create table package (
    id int generated always as identity primary key, key_hash bytea not null unique,
    subject_id int references subject (id), skip_reason text, ecosystem text not null, name_id int not null references name (id),
    version text not null, arch text, source_name text, source_version text, purl text not null, licenses jsonb not null default '[]',
    last_used_at timestamptz not null default now())`,
  `create index package_subject on package (subject_id)`,
  `create index package_name on package (name_id)`,
  `create table package_set (
    id int generated always as identity primary key, hash bytea not null unique, kind text not null,
    package_ids int[] not null, paths jsonb not null, last_used_at timestamptz not null default now())`,
  `create index package_set_packages on package_set using gin (package_ids) with (fastupdate = off)`,
  `create table inventory (
    id int generated always as identity primary key, manifest_digest bytea not null, indexer_key text not null, org_id text,
    engine jsonb, os jsonb, set_ids int[] not null, layers jsonb not null, attribution jsonb not null, notes jsonb not null default '[]', unresolved int not null default 0, names_digest bytea,
    source text not null default 'indexed', renewed_by text, created_at timestamptz not null default now(), last_used_at timestamptz not null default now(),
    unique nulls not distinct (manifest_digest, indexer_key, org_id))`,
  `create index inventory_sets on inventory using gin (set_ids) with (fastupdate = off)`,
  `create table layer_blob (blob_digest bytea primary key, diff_id bytea not null, verified_at timestamptz not null default now())`,
  `create table layer_result (diff_id bytea not null, analyzer text not null, version int not null, body bytea not null, primary key (diff_id, analyzer, version))`,
  `create table org_layer (org_id text not null, blob_digest bytea not null, pulled_at timestamptz not null default now(), primary key (org_id, blob_digest))`,
  `create table layer_lease (org_id text not null, blob_digest bytea not null, worker text not null, until timestamptz not null, primary key (org_id, blob_digest))`,
  // Work that one server at a time does: by name.
  `create table work_turn (name text primary key, holder text not null, until timestamptz not null)`,

  // Matching.
  `create table db_generation (
    id int generated always as identity primary key, digest bytea not null, updated_at timestamptz not null, next_update timestamptz not null,
    loaded_at timestamptz not null default now(), source text not null)`,
  // Subjects matched before `floor` are stale, whatever changed; single ones are made stale by matched_generation = null.
  `create table db_current (only_row boolean primary key default true check (only_row), generation int references db_generation (id), floor int not null default 0, outdated int not null default 0)`,
  `insert into db_current (only_row, generation) values (true, null)`,
  // Of the database in use, in parts: what another one is compared with.
  `create table db_signature (digest bytea not null, part int not null, body bytea not null, primary key (digest, part))`,
  // What a change of the database has changed and is still to be marked.
  `create table db_change (id bigint generated always as identity primary key, generation int not null, kind text not null, places bigint[] not null)`,
  `create table vulnerability (
    id int generated always as identity primary key, name text collate "C" not null unique, canonical_id int, title text not null default '',
    severity text, vendor_severity jsonb not null default '{}', details jsonb not null default '{}', generation int,
    place bigint not null default 0, details_due boolean not null default false)`,
  `create index vulnerability_place on vulnerability (place)`,
  `create index vulnerability_details_due on vulnerability (id) where details_due`,
  // What had several ids, one after the other, is one vulnerability: all but one of them name that one.
  `create index vulnerability_canonical on vulnerability (canonical_id) where canonical_id is not null`,
  `create table match (
    subject_id int not null references subject (id), engine text not null, vulnerability_id int not null references vulnerability (id),
    severity smallint not null, severity_source text not null, own_severity smallint, source_id text, data_source jsonb, vendor_ids jsonb not null default '[]',
    status text not null, fixed_version text not null, first_generation int not null, reopened_generation int, gone_generation int,
    primary key (subject_id, engine, vulnerability_id))`,
  // With the subject as a second key, looks for a subject would scan all of it wherever there are no statistics yet.
  `create index match_vulnerability on match (vulnerability_id) where gone_generation is null`,

  // Organisations.
  `create table org_settings (org_id text primary key, one_trust_domain boolean, settings jsonb not null default '{}', created_at timestamptz not null default now())`,
  `create table registry_connection (
    id uuid primary key, org_id text not null, name text collate "C" not null, platform text not null, host text not null, settings jsonb not null,
    secret_fields jsonb not null default '[]', insecure boolean not null default false, status text not null default 'Unknown', status_detail jsonb, checked_at timestamptz, check_warnings jsonb not null default '[]', refused jsonb, access text not null default 'Private',
    enabled boolean not null default true, engine text not null default 'portolan', scan_interval_hours int, next_run_at timestamptz, selection jsonb not null default '{}',
    last_discovery jsonb, progress jsonb, version int not null default 1, settings_at timestamptz,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now(), deleted_at timestamptz)`,
  `create unique index registry_connection_name on registry_connection (org_id, name) where deleted_at is null`,
  `create index registry_connection_due on registry_connection (next_run_at) where enabled and deleted_at is null`,
  // How much of what a platform allows is used, by connection and kind of request: what all servers share.
  `create table request_budget (connection_id text not null, bucket text not null, state jsonb not null, primary key (connection_id, bucket))`,
  `create table credential (
    id uuid primary key, org_id text not null, owner_id uuid not null, sealed bytea not null, wrapped_key bytea not null, key_id text not null,
    fields jsonb not null, created_at timestamptz not null default now(), unique (owner_id))`,
  `create table repository (
    id int generated always as identity primary key, org_id text not null, host text collate "C" not null, path text collate "C" not null,
    first_seen_at timestamptz not null default now(), last_seen_at timestamptz not null default now(), gone_at timestamptz,
    engine text not null default 'portolan', postings_due boolean not null default false,
    changes int not null default 0, arranged_for text, unique (org_id, host, path))`,
  `create index repository_engine on repository (org_id) where engine <> 'portolan'`,
  `create index repository_postings_due on repository (id) where postings_due`,
  // revision: as the registry gave it when all that it stands for was recorded; listing: the place in a listing of tags that goes on.
  `create table connection_repository (
    connection_id uuid not null references registry_connection (id), repository_id int not null references repository (id), seen_at timestamptz not null default now(),
    listed_revision text, revision text, listed_by uuid, listing jsonb, tags_listed_at timestamptz, whole_listed_at timestamptz, newest_pushed_at timestamptz, tags_failure text,
    looks_due boolean not null default false, looks_failure text, primary key (connection_id, repository_id))`,
  `create index connection_repository_looks on connection_repository (connection_id, repository_id) where looks_due`,
  `create index connection_repository_repository on connection_repository (repository_id)`,
  `create table image (
    id int generated always as identity primary key, org_id text not null, repository_id int not null references repository (id), digest bytea not null,
    kind text not null default 'unknown', media_type text, size bigint, pushed_at timestamptz, built_at timestamptz, lifecycle text not null default 'Pending', selected boolean not null default false,
    scan_status text, first_seen_at timestamptz not null default now(), gone_at timestamptz, unique (repository_id, digest))`,
  `create index image_digest on image (org_id, digest)`,
  `create index image_page on image (org_id, id desc) where gone_at is null`,
  `create index image_status on image (org_id, scan_status, id desc) where gone_at is null`,
  `create index image_unknown on image (repository_id, id) where kind = 'unknown' and gone_at is null`,
  `create index image_chosen on image (repository_id) where selected or lifecycle = 'Latest'`,
  `create table tag (
    repository_id int not null references repository (id), name text collate "C" not null, image_id int not null references image (id), digest bytea not null,
    pushed_at timestamptz, first_seen_at timestamptz not null default now(), seen_at timestamptz not null default now(), primary key (repository_id, name))`,
  `create index tag_image on tag (image_id)`,
  `create table tag_history (repository_id int not null, name text collate "C" not null, digest bytea not null, until timestamptz not null default now(), primary key (repository_id, name, until))`,
  `create table image_platform (
    image_id int not null references image (id), manifest_digest bytea not null, platform text not null, size bigint, wanted boolean not null default true,
    inventory_id int references inventory (id), attached_notes text[] not null default '{}', primary key (image_id, manifest_digest))`,
  `create index image_platform_inventory on image_platform (inventory_id)`,
  `create index image_platform_manifest on image_platform (manifest_digest)`,
  `create table discovery_run (
    id uuid primary key, org_id text not null, connection_id uuid not null, state text not null, worker text, lease_until timestamptz, attempt int not null default 0,
    not_before timestamptz, wish jsonb not null default '{"all": true, "complete": false, "names": []}', next_wish jsonb, complete boolean not null default false,
    cursor jsonb, reason jsonb, repositories int not null default 0, tags int not null default 0,
    incomplete_because text, requested_at timestamptz not null default now(), started_at timestamptz, finished_at timestamptz)`,
  `create index discovery_run_connection on discovery_run (connection_id, requested_at desc)`,
  `create unique index discovery_run_open on discovery_run (connection_id, state) where state in ('pending', 'running')`,
  `create table push_hook (
    id uuid primary key, org_id text not null, connection_id uuid not null unique references registry_connection (id), token_hash bytea not null unique, created_at timestamptz not null)`,
  `create table push_event (
    id bigint generated always as identity primary key, connection_id uuid not null references registry_connection (id), at timestamptz not null, outcome text not null, repositories jsonb not null, message text)`,
  `create index push_event_connection on push_event (connection_id, id desc)`,
  `create table scan (
    id bigint generated always as identity primary key, org_id text not null, manifest_digest bytea not null, image_id int not null references image (id), connection_id uuid not null,
    engine text not null default 'portolan', state text not null default 'pending', worker text, lease_until timestamptz, attempt int not null default 0, not_before timestamptz,
    user_priority boolean not null default false, pushed_at timestamptz, reason jsonb, requested_at timestamptz not null default now(), started_at timestamptz, finished_at timestamptz)`,
  `create unique index scan_open on scan (org_id, manifest_digest, engine) where state in ('pending', 'scanning')`,
  `create index scan_backlog on scan (user_priority, org_id, id) where state = 'pending'`,
  `create index scan_active on scan (org_id) where state = 'scanning'`,
  `create index scan_manifest on scan (org_id, manifest_digest, engine, id desc)`,
  `create index scan_page on scan (org_id, id desc)`,
  `create index scan_leases on scan (lease_until) where state = 'scanning'`,
  `create index scan_image on scan (image_id, id desc)`,
  `create index scan_connection on scan (connection_id, state)`,

  // Findings: derived from postings and matches; only these are stored. A package is not removed while one of these names it.
  `create table repository_package (
    repository_id int not null references repository (id), package_id int not null, since timestamptz not null, org_id text not null,
    scope smallint not null, image_count int not null, gone_at timestamptz, primary key (repository_id, package_id, since))`,
  `create index repository_package_package on repository_package (package_id, org_id, repository_id) where gone_at is null`,
  `create index repository_package_gone on repository_package (package_id) where gone_at is not null`,
  `create table set_due (set_id int primary key)`,
  `create table set_counted (set_id int primary key, upto bigint not null)`,
  `create table set_count (set_id int not null, severity smallint not null, n int not null, fixable int not null, primary key (set_id, severity))`,
  `create table org_vulnerability (
    org_id text not null, vulnerability_id int not null, severity smallint not null, rank smallint not null, name text collate "C" not null, findings int not null, repositories int not null, fixable int not null,
    primary key (org_id, vulnerability_id, severity))`,
  `create index org_vulnerability_page on org_vulnerability (org_id, rank, name)`,
  `create table recount_due (vulnerability_id int primary key, news boolean not null)`,
  `create table org_package (org_id text not null, name_id int not null, findings int not null, primary key (org_id, name_id))`,
  `create table finding_event (id bigint generated always as identity primary key, org_id text not null, at timestamptz not null default now(), kind text not null, repository_id int, vulnerability_id int, name_id int, data jsonb not null default '{}')`,
  `create index finding_event_page on finding_event (org_id, id desc)`,
  `create index finding_event_vulnerability on finding_event (org_id, vulnerability_id, id desc)`,
  `create table change_log (id bigint generated always as identity primary key, org_id text, kind text not null, data jsonb not null)`,

  // Trust.
  `create table audit_event (
    id bigint generated always as identity primary key, org_id text not null, at timestamptz not null default now(), actor_kind text not null, actor_id text not null, actor_name text not null,
    action text not null, target_kind text, target_id text, detail jsonb not null default '{}', address text, previous_hash bytea, hash bytea not null)`,
  `create index audit_event_page on audit_event (org_id, id desc)`,
  // Of an organisation, for itself: SBOMs in place of images, VEX statements on an image, and what its scans found attached to an image
  // (of an SBOM only how it compares: the registry keeps the rest). Never content that others share.
  `create table uploaded_document (
    id uuid primary key, org_id text not null, kind text not null check (kind in ('sbom', 'vex')), image_id int references image (id), name text not null, format text not null,
    content bytea not null, entries int not null, uploaded_by text not null, uploaded_at timestamptz not null,
    source text not null default 'upload' check (source in ('upload', 'attached')), digest bytea, manifest_digest bytea, comparison jsonb)`,
  `create index uploaded_document_page on uploaded_document (org_id, kind, id desc)`,
  `create index uploaded_document_image on uploaded_document (image_id, kind)`,
  `create unique index uploaded_document_attached on uploaded_document (image_id, manifest_digest, digest) where source = 'attached'`,
  `create table api_token (id uuid primary key, org_id text not null, user_id text, name text not null, token_hash bytea not null unique, created_at timestamptz not null default now(), last_used_at timestamptz, expires_at timestamptz, revoked_at timestamptz)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
