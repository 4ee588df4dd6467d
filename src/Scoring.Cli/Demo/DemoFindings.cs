using Scoring.Cli.Simulation;
using Scoring.Cli.Terminal;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Cli.Demo;

/// <summary>What the demo asks the server, all of it through the public API.</summary>
internal sealed record DemoFindings(
    Palette Palette,
    SegmentStats Everyone,
    IReadOnlyList<Score> Top,
    IReadOnlyList<Score> AtRisk,
    IReadOnlyList<Score> Falling,
    IReadOnlyList<(string Name, SegmentStats Stats)> Plans,
    IReadOnlyList<(string Name, SegmentStats Stats)> Countries,
    IReadOnlyList<AccountHealth> Accounts
)
{
    private const int Listed = 6;
    private const int CallsAtOnce = 16;
    private const int ScoresPerCall = 1_000;

    // Below this momentum somebody is on the way down rather than having a quiet week.
    private const double FallingMomentum = -0.3;

    public static async Task<DemoFindings> ReadAsync(
        ScoringClient client,
        SimulatedPopulation people,
        CancellationToken cancellationToken
    )
    {
        var model = await client.GetScoringModelAsync(new GetScoringModelRequest(), null, cancellationToken);
        var everyone = await client.GetSegmentStatsAsync(
            new GetSegmentStatsRequest
            {
                Top = Listed,
                Bottom = Listed,
                EventTotals = true,
            },
            null,
            cancellationToken
        );
        var scores = await ScoresAsync(client, people, cancellationToken);
        var byId = scores.ToDictionary(score => score.CustomerId, StringComparer.Ordinal);
        return new DemoFindings(
            new Palette(model.Model),
            everyone,
            [.. everyone.Top.Select(customer => byId[customer.CustomerId])],
            [.. everyone.Bottom.Select(customer => byId[customer.CustomerId])],
            [
                .. scores
                    .Where(s => s.HasMomentum && s.Momentum < FallingMomentum)
                    .OrderByDescending(s => s.Score_)
                    .Take(Listed),
            ],
            await SegmentsAsync(client, "plan", Market.Plans.Select(plan => plan.Item), cancellationToken),
            await SegmentsAsync(client, "country", Market.Countries.Select(country => country.Item), cancellationToken),
            await AccountsAsync(client, people, cancellationToken)
        );
    }

    private static async Task<List<Score>> ScoresAsync(
        ScoringClient client,
        SimulatedPopulation people,
        CancellationToken cancellationToken
    )
    {
        var scores = new List<Score>(people.Customers.Count);
        foreach (var part in people.Customers.Select(customer => customer.Id).Chunk(ScoresPerCall))
        {
            var answer = await client.BatchGetScoresAsync(
                new BatchGetScoresRequest { CustomerIds = { part } },
                null,
                cancellationToken
            );
            scores.AddRange(answer.Scores);
        }

        return scores;
    }

    private static async Task<List<(string, SegmentStats)>> SegmentsAsync(
        ScoringClient client,
        string key,
        IEnumerable<string> values,
        CancellationToken cancellationToken
    )
    {
        var segments = new List<(string, SegmentStats)>();
        foreach (var value in values)
        {
            var request = new GetSegmentStatsRequest { Filter = $"{key} = \"{value}\"" };
            segments.Add((value, await client.GetSegmentStatsAsync(request, null, cancellationToken)));
        }

        return segments;
    }

    private static async Task<List<AccountHealth>> AccountsAsync(
        ScoringClient client,
        SimulatedPopulation people,
        CancellationToken cancellationToken
    )
    {
        var accounts = new List<AccountHealth>();
        foreach (var part in people.Accounts.Chunk(CallsAtOnce))
        {
            accounts.AddRange(
                await Task.WhenAll(
                    part.Select(account =>
                        client.GetAccountHealthAsync(
                            new GetAccountHealthRequest { AccountId = account.Id },
                            null,
                            cancellationToken
                        )
                    )
                )
            );
        }

        return accounts;
    }
}
