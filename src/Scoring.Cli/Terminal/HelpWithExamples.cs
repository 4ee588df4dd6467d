using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Scoring.Cli.Terminal;

/// <summary>The usual help, ending with examples that can be copied, from those below.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    private const int Shown = 4;

    private const string Examples = """
        scoring demo
        scoring demo --keep                         # then try the commands it names at the end
        scoring demo --customers 20000 --days 60 --seed 7
        scoring simulate --customers 10000 --days 120
        scoring simulate --workspace beta
        scoring simulate --seed 7 --until 2025-01-01T00:00:00Z     # the same every time
        scoring import --mapping examples/ravenstack/mapping.yaml ~/data/ravenstack
        scoring import --mapping events.yaml today.jsonl
        scoring import --mapping events.yaml ~/exports --dry-run --rejects rejects.csv   # what would be rejected, and why
        scoring score user-00042
        scoring score user-00042 user-00043 user-00044
        scoring score user-00042 --model engagement@3 --read-time 2026-12-01T00:00:00Z   # as it will be if nothing more happens
        scoring score user-00042 --json | jq .contributions
        scoring segment 'plan = pro AND score < 40 AND last_event < 14d' --top 10 --bottom 10
        scoring segment 'lifecycle != churned' --by plan --by country --groups 10
        scoring segment 'plan = trial' 'plan = pro' 'plan = enterprise'         # side by side
        scoring segment 'lifecycle = churned' 'lifecycle = active' --contrast   # what tells them apart
        scoring segments put trials 'plan = trial' --description 'On trial'
        scoring segments put quiet-trials 'in_segment(trials) AND NOT last_event < 7d'
        scoring segments put trials 'plan IN (trial, free)' --etag s7   # only if it is still as it was read
        scoring segments list
        scoring segments list --workspace beta
        scoring segments get trials
        scoring segments get trials --json | jq -r .etag
        scoring segments history trials
        scoring segments history --by week --from 180d          # everyone
        scoring segments history trials --filter 'country = US' --by month
        scoring segments history --filter 'plan = pro' --json | jq -r '.points[] | [.time, .customerCount, .mean] | @csv'
        scoring segments movers trials --from 7d
        scoring segments movers --from 30d --count 20           # everyone
        scoring segments movers --filter 'plan = pro' --from 2026-01-01 --to 2026-02-01
        scoring segments movers trials --from 7d --json | jq -r '.fallers[] | [.customerId, .difference] | @csv'
        scoring segments explain trials --from 30d
        scoring segments explain --from 2026-01-01 --to 2026-02-01   # everyone
        scoring segments explain --filter 'plan = pro' --from 7d --known-at 2d
        scoring segments explain trials --from 30d --json | jq '.parts[] | {kind, subject, mean}'
        scoring segments leavers                                # everyone in the highest band, within 14 days
        scoring segments leavers trials --until 30d --count 100
        scoring segments leavers --filter 'plan = pro' --band engaged
        scoring segments leavers --json | jq -r '.leavers[] | [.customerId, .time, .nextBand] | @csv'
        scoring segments delete quiet-trials
        scoring segments delete trials --etag s8
        scoring export --output customers.csv
        scoring export 'in_segment(trials)' --attribute plan --attribute country --output trials.csv
        scoring export 'band = churn_risk' --format jsonl --why | jq -r .customerId
        scoring export events --format parquet --out events.parquet
        scoring export events --format parquet --out exports --from 2026-01-01 --to 2026-02-01   # exports/events.parquet
        scoring export events --filter 'plan = pro' --from 30d | jq -r .event_type | sort | uniq -c
        scoring account acct-0007
        scoring account acct-0007 --window 7
        scoring account A-2e4581 --read-time 2025-01-01T00:00:00Z --json
        scoring events correct ada --type purchase --at 2026-01-31T12:30:00Z --value 500               # void it
        scoring events correct ada --type purchase --at 2026-01-31T12:30:00Z --value 500 --new-value 5 # replace it
        scoring events correct --file wrong.csv
        scoring events correct --file wrong.jsonl --json | jq -r '.results[].outcome' | sort | uniq -c
        scoring customers list 'plan = pro AND lifecycle != churned' --ascending --why   # who is at risk, and why
        scoring customers list --by momentum --ascending --why                           # who falls fastest
        scoring customers list 'account.industry = EdTech AND used(export)' --by last_event --most 100
        scoring customers list 'score < 40' --json | jq -r '.customers[].customerId'
        scoring customers get user-00042
        scoring customers get user-00042 --json > user-00042.json   # all that is known, to hand it out
        scoring customers history user-00042
        scoring customers history user-00042 --by week --from 180d
        scoring customers history user-00042 --from 60d --known-at 30d   # as it was known 30 days ago
        scoring customers history user-00042 --by month --json | jq -r '.points[] | [.time, .score] | @csv'
        scoring customers explain user-00042 --from 30d
        scoring customers explain user-00042 --from 2026-01-01 --to 2026-02-01
        scoring customers explain user-00042 --from 7d --model engagement@4 --from-version 3   # what another version changed
        scoring customers explain user-00042 --from 30d --json | jq '.parts[] | {kind, subject, score}'
        scoring customers forecast user-00042
        scoring customers forecast user-00042 --until 90d
        scoring customers forecast user-00042 --keep-days 30
        scoring customers forecast user-00042 --model engagement@3 --until 2027-12-31
        scoring customers forecast user-00042 --json | jq -r '.crossings[] | [.time, .band] | @csv'
        scoring customers merge user-00042 anonymous-17     # who signed in, and who it was before
        scoring customers merge user-00042 anonymous-17 anonymous-31 --workspace beta
        scoring customers delete user-00042
        scoring customers delete user-00042 --workspace beta
        scoring accounts list 'status = churning' --by seats     # the largest of those to save
        scoring accounts list                                    # the healthiest first
        scoring accounts list 'industry = EdTech AND health < 40' --ascending --json | jq -r '.accounts[].accountId'
        scoring accounts get acct-0007
        scoring accounts get acct-0007 --json | jq .attributes
        scoring accounts history acct-0007
        scoring accounts history acct-0007 --by week --from 180d --window 14
        scoring accounts history acct-0007 --from 60d --known-at 30d     # as it was known 30 days ago
        scoring accounts history acct-0007 --by month --json | jq -r '.points[] | [.time, .score, .status] | @csv'
        scoring accounts explain acct-0007 --from 30d
        scoring accounts explain acct-0007 --from 2026-01-01 --to 2026-02-01 --window 14
        scoring accounts explain acct-0007 --from 30d --json | jq '.parts[] | {dimension, kind, subject, health}'
        scoring accounts delete acct-0007 --release-customers
        scoring accounts delete acct-0007                   # refused while customers belong to it
        scoring adjustments put user-00042 --model engagement --add 10 --reason "Renewed for three years." --for 90d
        scoring adjustments put user-00042 --model engagement --set 80 --reason "Executive sponsor."
        scoring adjustments put user-00042 --model engagement --add -15 --reason "Announced that they leave." --for 2027-03-31
        scoring adjustments list
        scoring adjustments list user-00042
        scoring adjustments list --model engagement --json | jq -r '.adjustments[] | [.customerId, .reason] | @csv'
        scoring adjustments remove user-00042 --model engagement
        scoring adjustments remove user-00042 --model trial --workspace beta
        scoring model get engagement --file engagement.json   # to edit it
        scoring model get
        scoring model get engagement@3 --file earlier.json
        scoring model get --json | jq .unscoredEventTypes
        scoring model lint engagement.json                  # faults, without a server
        scoring model lint trial.json --half-lives 3,14
        scoring model diff engagement engagement.json       # what putting the file would change
        scoring model diff engagement@3 engagement@4
        scoring model preview engagement.json               # whose scores and bands that would change
        scoring model preview engagement.json 'plan = enterprise' --movers 20
        scoring model preview trial.json --against engagement@3 --json | jq .migrations
        scoring model preview trial                         # the same of another one on the server
        scoring model evaluate --event subscription_cancelled --horizon 30    # who left, told 30 days before?
        scoring model evaluate engagement --silence 30 --cut-offs 12 --every 14 --filter 'plan = pro'
        scoring model evaluate --file mine.json --against engagement --list left.csv
        scoring model evaluate --event purchase --recurring --high --json | jq '.models[].area'
        scoring model propose --silence 30 --draft draft.json    # then: scoring model preview draft.json
        scoring model propose engagement --event subscription_cancelled --horizon 60 --cut-offs 9 --judged 3
        scoring model propose --file mine.json --event purchase --recurring --high --free-signs
        scoring model propose --silence 30 --json | jq '.weights[] | {kind, baseWeight, weight}'
        scoring model put engagement.json --note "Purchases count twice."
        scoring model put engagement.json --validate-only
        scoring model put adoption.json --workspace beta
        scoring model versions engagement
        scoring model versions --json | jq '.versions[] | {version, author, changeNote}'
        scoring model rollback engagement@3 --note "Sales compare with last quarter."
        scoring model rollback trial@2                      # brings a model back that was deleted
        scoring model adopt trial engagement --note "Tells earlier who leaves."
        scoring model adopt trial@2 engagement --keep --etag v7
        scoring model list
        scoring model list --json | jq '.models[].name'
        scoring model delete trial
        scoring model delete trial --etag v7 --note "Nobody reads it."
        scoring names list
        scoring names list --kind event-type
        scoring names prune --dry-run                  # what was not received for 30 days
        scoring names prune 'test-*' old_plan --dry-run # by name, however lately they were received
        scoring names list --json | jq '.rooms'   # what a monitor would look at
        scoring names prune --kind event-type --unused-for 90
        scoring keys create --owner importer --grant ingest@default > importer.key   # after: umask 077
        scoring keys list
        scoring keys revoke k7qf3m9xwd
        scoring keys create --owner dashboards --grant 'read@*' --expires 90d
        scoring keys create --owner Ada --grant model@default --grant ingest@beta --expires 2027-01-01T00:00:00Z
        scoring keys create --owner events --grant ingest@default --events-per-second 5000 --bytes-per-second 2MiB --concurrent-streams 8
        scoring keys list --json | jq '.keys[] | select(.lastUseTime == null)'   # those that nobody has used
        scoring keys revoke k7qf3m9xwd b4t8znr2hc
        scoring audit
        scoring audit --workspace beta --limit 1000
        scoring audit --json | jq '.entries[] | select(.method == "CreateApiKey")'
        scoring move --from /var/lib/scoring --to 'Host=db;Database=scoring;Username=scoring'
        scoring move --from /var/lib/scoring --to 'Host=db1;Database=scoring | Host=db2;Database=scoring' --partitions 128
        scoring move --from 'Host=db;Database=scoring;Username=scoring' --to /var/lib/scoring   # a password: PGPASSWORD, or ~/.pgpass
        scoring move --from /var/lib/scoring --to /data/scoring --partitions 16
        """;

    public override bool ClearsParseErrors => true;

    /// <summary>A command as it is called, for example "scoring model get".</summary>
    public static string NameOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent
            ? $"{NameOf(parent)} {command.Name}"
            : "scoring";

    public override int Invoke(ParseResult parseResult)
    {
        var result = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var line in ExamplesOf(parseResult.CommandResult.Command))
        {
            output.WriteLine($"  {line}");
        }

        output.WriteLine();
        return result;
    }

    /// <summary>One of each command below it, or the first of its own.</summary>
    private static IEnumerable<string> ExamplesOf(Command command)
    {
        var start = NameOf(command).Split(' ').Length;
        var examples = Examples
            .Split('\n')
            .Where(line => $"{line} ".StartsWith($"{NameOf(command)} ", StringComparison.Ordinal));
        return command.Subcommands.Count > 0
            ? examples.DistinctBy(line => line.Split(' ')[start])
            : examples.Take(Shown);
    }
}
