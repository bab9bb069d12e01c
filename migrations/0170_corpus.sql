-- The corpus: regulations that everybody may read (tenant_id '') and documents of one company (its id).
create extension if not exists vector;

-- As protect_tenant_table, but rows of nobody (tenant_id '') are everybody's to read and the system's to write.
create function protect_corpus_table(target regclass) returns void language plpgsql as $$
begin
  perform protect_tenant_table(target);
  execute format(
    'create policy public_rows on %s for select to plumbline_app using (tenant_id = '''')', target);
end $$;

create table corpus_documents (
  id text primary key,
  tenant_id text not null,
  name text not null,
  format text not null,
  loaded_at timestamptz not null
);
select protect_corpus_table('corpus_documents');
create unique index corpus_documents_by_name on corpus_documents (tenant_id, name);

-- One version of one section. until is the as_of of the version that replaced it; null = the newest held.
create table corpus_sections (
  id int generated always as identity primary key check (id < 524288),
  tenant_id text not null,
  document_id text not null references corpus_documents on delete cascade,
  citation text not null,
  title text not null,
  -- Headings above it, outermost first.
  path text[] not null,
  "group" text not null,
  status text not null check (status in ('text', 'reserved', 'summary')),
  as_of date not null,
  until date,
  notices text[] not null,
  -- Who of a company may read it; empty = everybody there.
  roles text[] not null,
  hash text not null,
  paragraphs jsonb not null
);
select protect_corpus_table('corpus_sections');
create unique index corpus_sections_by_citation on corpus_sections (tenant_id, citation, as_of);
create index corpus_sections_by_document on corpus_sections (document_id);

-- What is searched. id = section id * 4096 + place in the section.
create table corpus_chunks (
  id int primary key,
  tenant_id text not null,
  section_id int not null references corpus_sections on delete cascade,
  -- The places of its paragraphs, `(b)(1)`, and their texts with an empty line between.
  places text[] not null,
  text text not null,
  search tsvector not null,
  length int not null
);
select protect_corpus_table('corpus_chunks');
create index corpus_chunks_by_section on corpus_chunks (section_id);

-- Apart from the chunks, so that looking through all of them reads little. embedder = what made the vector, which says
-- how long it is.
create table corpus_vectors (
  chunk_id int primary key references corpus_chunks on delete cascade,
  tenant_id text not null,
  embedder text not null,
  embedding vector not null
);
select protect_corpus_table('corpus_vectors');

-- The statistics of exact BM25 over corpus_chunks.search: in which chunks a lexeme stands and what it weighs there, times
-- 1000, before its rarity. One row per shelf (a tenant_id) and lexeme.
create table corpus_postings (
  tenant_id text not null,
  lexeme text not null,
  chunks int[] not null,
  impacts int[] not null,
  primary key (tenant_id, lexeme)
);
select protect_corpus_table('corpus_postings');

create table corpus_shelves (
  tenant_id text primary key,
  chunks int not null,
  mean_length real not null,
  embedder text,
  indexed_at timestamptz not null
);
select protect_corpus_table('corpus_shelves');
