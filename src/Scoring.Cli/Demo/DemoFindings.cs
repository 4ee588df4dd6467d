using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Terminal;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Cli.Demo;

/// <summary>What the demo asks the server, all of it through the public API.</summary>
internal sealed record DemoFindings(
    Palette Palette,
    SegmentStats Everyone,
    ListCustomersResponse Champions,
    ListCustomersResponse AtRisk,
    ListCustomersResponse Falling,
    GroupSegmentStatsResponse Plans,
    ContrastSegmentsResponse Contrast,
    ListAccountsResponse Healthiest,
    ListAccountsResponse Sickest,
    Palette CandidatePalette,
    PreviewScoringModelResponse Preview
)
{
    /// <summary>At risk is somebody who can still be kept.</summary>
    public const string StillHere = "lifecycle != churned";

    /// <summary>Who did much and does less and less.</summary>
    public const string EngagedOnes = "lifecycle != churned AND score > 40";

    /// <summary>Who is on the way down, rather than having a quiet week, ...</summary>
    public const string OnTheWayDown = "lifecycle = active AND momentum < -0.3";

    /// <summary>... and the others.</summary>
    public const string NotOnTheWayDown = "lifecycle = active AND momentum >= -0.3";

    /// <summary>Accounts of one or two people say little.</summary>
    public const string RealAccounts = "customer_count >= 4";

    /// <summary>The event type that the previewed model counts twice.</summary>
    public const string Doubled = "complaint";

    private const int Listed = 5;
    private const int ShownTraits = 6;
    private const int Movers = 3;

    /// <summary>Asks for everything as of an instant.</summary>
    /// <param name="client">The server.</param>
    /// <param name="at">The instant; not before the newest event.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public static async Task<DemoFindings> ReadAsync(
        ScoringClient client,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var readTime = Timestamp.FromDateTimeOffset(at);
        var options = new Grpc.Core.CallOptions(cancellationToken: cancellationToken);
        var model = await client.Models.GetScoringModelAsync(new GetScoringModelRequest(), options);
        var candidate = model.Clone();
        foreach (var term in candidate.Terms.Where(term => term.EventType == Doubled))
        {
            term.Weight *= 2;
        }

        var preview = new PreviewScoringModelRequest
        {
            Model = candidate,
            MoverCount = Movers,
            ReadTime = readTime,
        };
        return new DemoFindings(
            new Palette(model),
            await client.Scoring.GetSegmentStatsAsync(new GetSegmentStatsRequest { ReadTime = readTime }, options),
            await CustomersAsync("", "score desc"),
            await CustomersAsync(StillHere, "score"),
            await CustomersAsync(EngagedOnes, "momentum"),
            await client.Segments.GroupSegmentStatsAsync(
                new GroupSegmentStatsRequest { By = { "plan" }, ReadTime = readTime },
                options
            ),
            await client.Segments.ContrastSegmentsAsync(
                new ContrastSegmentsRequest
                {
                    Segment = new SegmentChoice { Filter = OnTheWayDown },
                    Other = new SegmentChoice { Filter = NotOnTheWayDown },
                    TraitCount = ShownTraits,
                    ReadTime = readTime,
                },
                options
            ),
            await AccountsAsync("health desc"),
            await AccountsAsync("health"),
            new Palette(candidate),
            await client.Models.PreviewScoringModelAsync(preview, options)
        );

        async Task<ListCustomersResponse> CustomersAsync(string filter, string by) =>
            await client.Customers.ListCustomersAsync(
                new ListCustomersRequest
                {
                    Filter = filter,
                    OrderBy = by,
                    PageSize = Listed,
                    IncludeContributions = true,
                    ReadTime = readTime,
                },
                options
            );

        async Task<ListAccountsResponse> AccountsAsync(string by) =>
            await client.Customers.ListAccountsAsync(
                new ListAccountsRequest
                {
                    Filter = RealAccounts,
                    OrderBy = by,
                    PageSize = Listed,
                    ReadTime = readTime,
                },
                options
            );
    }
}
