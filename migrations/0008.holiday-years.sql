create table holiday_years (
    country text collate "C" not null,
    year integer not null,
    source text not null,
    days jsonb not null,
    asked_at timestamptz not null,
    primary key (country, year)
);

comment on column holiday_years.days is '[date, name, whether it is a holiday, kind] of each day, by date.';
