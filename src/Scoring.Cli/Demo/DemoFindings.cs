using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Simulation;
using Scoring.Cli.Terminal;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Cli.Demo;

/// <summary>What the demo asks the server, all of it through the public API.</summary>
internal sealed record DemoFindings(
    Palette Palette,
    SegmentStats Everyone,
    IReadOnlyList<CustomerScore> Top,
    IReadOnlyList<CustomerScore> AtRisk,
    IReadOnlyList<CustomerScore> Falling,
    IReadOnlyList<(string Name, ComparedSegment Segment)> Plans,
    IReadOnlyList<(string Name, ComparedSegment Segment)> Countries,
    IReadOnlyList<AccountHealth> Accounts
)
{
    private const int Listed = 6;
    private const int ScoresPerCall = 1_000;

    // Below this momentum somebody is on the way down rather than having a quiet week.
    private const double FallingMomentum = -0.3;

    /// <summary>Asks for everything as of an instant.</summary>
    /// <param name="client">The server.</param>
    /// <param name="people">Who is known to it.</param>
    /// <param name="at">The instant; not before the newest event.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public static async Task<DemoFindings> ReadAsync(
        ScoringClient client,
        SimulatedPopulation people,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var readTime = Timestamp.FromDateTimeOffset(at);
        var model = await client.Models.GetScoringModelAsync(
            new GetScoringModelRequest(),
            cancellationToken: cancellationToken
        );
        var everyone = await client.Scoring.GetSegmentStatsAsync(
            new GetSegmentStatsRequest
            {
                TopCount = Listed,
                BottomCount = Listed,
                // At risk is somebody who can still be kept.
                BottomWithoutChurned = true,
                IncludeEventTotals = true,
                ReadTime = readTime,
            },
            cancellationToken: cancellationToken
        );
        var scores = await ScoresAsync(client, people, readTime, cancellationToken);
        var byId = scores.ToDictionary(score => score.CustomerId, StringComparer.Ordinal);
        return new DemoFindings(
            new Palette(model),
            everyone,
            [.. everyone.TopCustomers.Select(customer => byId[customer.CustomerId])],
            [.. everyone.BottomCustomers.Select(customer => byId[customer.CustomerId])],
            [
                .. scores
                    .Where(s => s.HasMomentum && s.Momentum < FallingMomentum && s.Lifecycle != Lifecycle.Churned)
                    .OrderByDescending(s => s.Score)
                    .Take(Listed),
            ],
            await SegmentsAsync(client, "plan", Market.Plans.Select(plan => plan.Item), readTime, cancellationToken),
            await SegmentsAsync(
                client,
                "country",
                Market.Countries.Select(country => country.Item),
                readTime,
                cancellationToken
            ),
            await AccountsAsync(client, people, readTime, cancellationToken)
        );
    }

    private static async Task<List<CustomerScore>> ScoresAsync(
        ScoringClient client,
        SimulatedPopulation people,
        Timestamp readTime,
        CancellationToken cancellationToken
    )
    {
        var scores = new List<CustomerScore>(people.Customers.Count);
        foreach (var part in people.Customers.Select(customer => customer.Id).Chunk(ScoresPerCall))
        {
            var answer = await client.Scoring.BatchGetScoresAsync(
                new BatchGetScoresRequest { CustomerIds = { part }, ReadTime = readTime },
                cancellationToken: cancellationToken
            );
            scores.AddRange(answer.Scores);
        }

        return scores;
    }

    private static async Task<List<(string, ComparedSegment)>> SegmentsAsync(
        ScoringClient client,
        string key,
        IEnumerable<string> values,
        Timestamp readTime,
        CancellationToken cancellationToken
    )
    {
        var request = new CompareSegmentsRequest
        {
            Segments = { values.Select(value => new SegmentChoice { Filter = $"{key} = \"{value}\"" }) },
            ReadTime = readTime,
        };
        var answer = await client.Segments.CompareSegmentsAsync(request, cancellationToken: cancellationToken);
        return [.. values.Zip(answer.Segments)];
    }

    private static async Task<List<AccountHealth>> AccountsAsync(
        ScoringClient client,
        SimulatedPopulation people,
        Timestamp readTime,
        CancellationToken cancellationToken
    )
    {
        var accounts = new List<AccountHealth>();
        foreach (var account in people.Accounts)
        {
            var request = new GetAccountHealthRequest { AccountId = account.Id, ReadTime = readTime };
            accounts.Add(await client.Scoring.GetAccountHealthAsync(request, cancellationToken: cancellationToken));
        }

        return accounts;
    }
}
