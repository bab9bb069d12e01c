#!/bin/sh
# Runs once, when the data folder is new: the application's login, no superuser, and its database with pgvector.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$DATABASE_PASSWORD" --username postgres <<'SQL'
create role plumbline login noinherit createrole password :'password';
create database plumbline owner plumbline;
\connect plumbline
create extension if not exists vector;
SQL
