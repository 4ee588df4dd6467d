namespace Scoring.Benchmarks.Comparisons.Postgres;

/// <summary>Tables and the one statement that records a batch.</summary>
internal static class PostgresSchema
{
    /// <summary>Room in the pages of what is updated, so that an update need not touch an index.</summary>
    public const string Create = """
        create table seen (
          customer_id text not null, event_id text not null, seen_at timestamptz not null default now(),
          primary key (customer_id, event_id));
        create table counters (
          customer_id text not null, type text not null, quantity double precision not null,
          primary key (customer_id, type)) with (fillfactor = 70);
        create table scores (
          customer_id text primary key, segment text not null, score double precision not null) with (fillfactor = 70);
        create table members (
          account_id text not null, customer_id text not null,
          primary key (account_id, customer_id));
        """;

    /// <summary>
    /// Six arrays, one element per event. Rows go in the order of their keys, and the tables in the order that they stand in, so that
    /// transactions wait for each other and never in a circle. The answer is how many events were new.
    /// </summary>
    public const string Record = """
        with incoming as (
          select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::double precision[])
            as event (event_id, customer_id, account_id, segment, type, weight)
        ), fresh as (
          insert into seen (customer_id, event_id)
          select customer_id, event_id from incoming order by customer_id, event_id
          on conflict do nothing
          returning customer_id, event_id
        ), counted as (
          select incoming.* from incoming join fresh using (customer_id, event_id)
        ), new_counters as (
          insert into counters as c (customer_id, type, quantity)
          select customer_id, type, count(*) from counted group by customer_id, type order by customer_id, type
          on conflict (customer_id, type) do update set quantity = c.quantity + excluded.quantity
        ), new_scores as (
          insert into scores as s (customer_id, segment, score)
          select customer_id, min(segment), sum(weight) from counted group by customer_id order by customer_id
          on conflict (customer_id) do update set score = s.score + excluded.score
        ), new_members as (
          insert into members (account_id, customer_id)
          select distinct account_id, customer_id from counted order by account_id, customer_id
          on conflict do nothing
        )
        select count(*) from fresh
        """;
}
