-- What the service must answer about RavenStack at @at, computed from the CSV files alone.
-- The files are tables of text: accounts, subscriptions, feature_usage, support_tickets, churn_events.
-- The parameters: @model (the shipped model, JSON), @at (the read time, a day), @passive (JSON list of event types).

create index subscriptions_by_account on subscriptions (account_id, start_date, subscription_id);

-- Tickets and churn events go to the account's subscription that was started last on or before the day, else to its earliest.
create table attributed as
select kind, id, day,
  coalesce(
    (select s.subscription_id from subscriptions s where s.account_id = e.account_id and s.start_date <= e.day
     order by s.start_date desc, s.subscription_id desc limit 1),
    (select s.subscription_id from subscriptions s where s.account_id = e.account_id
     order by s.start_date, s.subscription_id limit 1)) as customer,
  score, is_reactivation
from (
  select 'ticket' as kind, ticket_id as id, account_id, submitted_at as day, satisfaction_score as score, null as is_reactivation
  from support_tickets
  union all
  select 'churn', churn_event_id, account_id, churn_date, null, is_reactivation from churn_events) e;

create table events as
select 'subscription_started' as type, subscription_id as customer, start_date as day, 1.0 as value, null as feature from subscriptions
union all
select 'subscription_upgraded', subscription_id, start_date, 1.0, null from subscriptions where upgrade_flag = 'True'
union all
select 'subscription_downgraded', subscription_id, start_date, 1.0, null from subscriptions where downgrade_flag = 'True'
union all
select 'feature_used', subscription_id, usage_date, cast(usage_count as real), feature_name from feature_usage
union all
select 'support_ticket_opened', customer, day, 1.0, null from attributed where kind = 'ticket'
union all
select 'survey_answered', customer, day, cast(score as real), null from attributed where kind = 'ticket' and score <> ''
union all
select 'subscription_cancelled', customer, day, 1.0, null from attributed where kind = 'churn' and is_reactivation = 'False'
union all
select 'subscription_reactivated', customer, day, 1.0, null from attributed where kind = 'churn' and is_reactivation = 'True';

create table customers as
select s.subscription_id as customer, s.account_id as account, a.industry
from subscriptions s join accounts a on a.account_id = s.account_id;
create unique index customers_by_id on customers (customer);

create table terms as
select value ->> 'event_type' as type, value ->> 'half_life_days' as half_life, value ->> 'weight' as weight,
  coalesce(value ->> 'cap', 1e300) as cap, coalesce(value ->> 'measure', 'MEASURE_COUNT') as measure
from json_each(@model, '$.terms');

-- points = weight x the decayed quantity, which is limited to the cap in either direction.
create table scores as
select c.customer, c.account, c.industry, coalesce(sum(p.points), 0.0) as points,
  100.0 * coalesce(sum(p.points), 0.0) / (@model ->> '$.target_points') as score
from customers c
left join (
  select q.customer, t.weight * max(-t.cap, min(t.cap, q.quantity)) as points
  from (
    select e.customer, t.rowid as term,
      sum(case t.measure when 'MEASURE_VALUE' then e.value else 1.0 end
        * case t.half_life when 0 then 1.0 else pow(0.5, (julianday(@at) - julianday(e.day)) / t.half_life) end) as quantity
    from events e join terms t on t.type = e.type
    group by e.customer, t.rowid) q
  join terms t on t.rowid = q.term) p on p.customer = c.customer
group by c.customer;

create table bands as
select key as place, value ->> 'name' as band, value ->> 'engagement' as engagement,
  value ->> 'below' as below, value ->> 'at_most' as at_most
from json_each(@model, '$.bands');

create table banded as
select s.*, b.band, b.engagement
from scores s join bands b on b.place = (
  select min(place) from bands
  where (below is not null and s.score < below) or (at_most is not null and s.score <= at_most)
    or (below is null and at_most is null));

-- Days on which a customer did something itself, as days before @at: 0 is the day of @at.
create table active as
select distinct e.customer, cast(julianday(@at) - julianday(e.day) as integer) as age
from events e where e.type not in (select value from json_each(@passive));

create table health as
select *,
  -- The contract has no status for accounts that have not started or are new yet.
  case
    when before = 0 then 'Unspecified'
    when days = 0 or (previous > 0 and 1.0 * days / previous - 1 <= -0.25) then 'Churning'
    when (previous = 0 or 1.0 * days / previous - 1 >= 0.1)
      and (frequency + coalesce(breadth, 0) + depth + growth) / (3 + (breadth is not null)) > 40 then 'Growing'
    else 'Stagnating'
  end as status
from (
select *,
  100.0 * min(1.0, frequency_raw / (30 * 5.0 / 7)) as frequency,
  100.0 * min(1.0, 1.0 * active_customers / nullif(seats, 0)) as breadth,
  100.0 * features / key_features as depth,
  case when before > 0 then 50.0 + 50.0 * (days - previous) / nullif(days + previous, 0) end as growth
from (
  select account, seats, customers, days, previous, before, active_customers, features,
    (select count(distinct feature) from events where type not in (select value from json_each(@passive))) as key_features,
    case when customers = 0 then null when active_customers = 0 then 0.0 else 1.0 * days / active_customers end as frequency_raw
  from (
    select a.account_id as account, cast(a.seats as integer) as seats,
      (select count(*) from customers c where c.account = a.account_id) as customers,
      (select count(*) from active d join customers c on c.customer = d.customer
       where c.account = a.account_id and d.age between 0 and 29) as days,
      (select count(*) from active d join customers c on c.customer = d.customer
       where c.account = a.account_id and d.age between 30 and 59) as previous,
      (select count(*) from active d join customers c on c.customer = d.customer
       where c.account = a.account_id and d.age >= 30) as before,
      (select count(distinct d.customer) from active d join customers c on c.customer = d.customer
       where c.account = a.account_id and d.age between 0 and 29) as active_customers,
      (select count(distinct e.feature) from events e join customers c on c.customer = e.customer
       where e.type not in (select value from json_each(@passive)) and c.account = a.account_id and julianday(@at) - julianday(e.day) < 30) as features
    from accounts a)));

-- One line per industry, and one with an empty name for everyone.
create table segments as
select industry, count(*) as customers, avg(score) as mean, min(score) as least, max(score) as greatest,
  sqrt(avg((score - mean_of) * (score - mean_of))) as deviation
from (
  select i.industry, s.score, avg(s.score) over (partition by i.industry) as mean_of
  from scores s join (select distinct industry from accounts union all select '') i on i.industry in ('', s.industry))
group by industry;

-- Type 7 of Hyndman and Fan: linear between the two ranks next to p / 100 x (n - 1).
create table percentiles as
with ranked as (
  select i.industry, s.score, row_number() over (partition by i.industry order by s.score) - 1 as place,
    count(*) over (partition by i.industry) as n
  from scores s join (select distinct industry from accounts union all select '') i on i.industry in ('', s.industry)),
wanted as (
  select distinct industry, p.value as percentile, p.value / 100.0 * (n - 1) as rank
  from ranked, json_each('[5, 25, 50, 75, 95]') p)
select w.industry, w.percentile,
  lo.score + (w.rank - floor(w.rank)) * (hi.score - lo.score) as score
from wanted w
join ranked lo on lo.industry = w.industry and lo.place = floor(w.rank)
join ranked hi on hi.industry = w.industry and hi.place = min(floor(w.rank) + 1, hi.n - 1);

create table activity as
select i.industry,
  count(distinct case when d.age = 0 then d.customer end) as dau,
  count(distinct case when d.age between 0 and 6 then d.customer end) as wau,
  count(distinct case when d.age between 0 and 29 then d.customer end) as mau,
  count(distinct case when d.age between 1 and 30 then d.customer end) as complete_mau,
  count(case when d.age between 1 and 30 then 1 end) / 30.0 as complete_dau
from (select distinct industry from accounts union all select '') i
left join customers c on i.industry in ('', c.industry)
left join active d on d.customer = c.customer
group by i.industry;

create table totals as
select i.industry, e.type, count(distinct e.customer) as customers, count(*) as events, sum(e.value) as value
from (select distinct industry from accounts union all select '') i
join customers c on i.industry in ('', c.industry)
join events e on e.customer = c.customer
group by i.industry, e.type;
