using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Names;
using Scoring.Server.Admin;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Names;

/// <summary>Lists and removes the names of a workspace.</summary>
internal sealed class NameEditor(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    AuditLog audit,
    AnswerLimit limit
)
{
    private const int MostPatterns = 1_000;
    private const int MostAnswered = 1_000;
    private static readonly Paging<NameUse> Pages = new("names", ordinary: 1_000, largest: 10_000, PlaceOf);

    public async Task<V1.ListNamesResponse> ListAsync(V1.ListNamesRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context);
        var kind = KindOf(request.Kind);
        var wanted = Pages.Read(request.PageSize, request.PageToken);
        var list = await backend.ListNamesAsync(workspace.Name, context.CancellationToken);
        var names = list.Names.Where(use => kind is null || use.Name.Kind == kind);
        return new V1.ListNamesResponse
        {
            Names = { Pages.Cut(wanted, names, ToProto, limit, out var next) },
            Rooms = { list.Rooms.Where(room => kind is null || room.Kind == kind).Select(ToProto) },
            NextPageToken = next,
        };
    }

    public async Task<V1.PruneNamesResponse> PruneAsync(V1.PruneNamesRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context);
        if (request.Names.Count > MostPatterns)
        {
            throw CallErrors.From(FieldFault.Invalid("names", $"must be at most {MostPatterns:N0}"));
        }
        for (var i = 0; i < request.Names.Count; i++)
        {
            CallErrors.ThrowIf(TextRules.CheckSought(request.Names[i], $"names[{i}]", Limits.NameBytes));
        }
        var pruning = new NamePruning(
            KindOf(request.Kind),
            [.. request.Names],
            UnusedFor(request.UnusedFor),
            request.ValidateOnly
        );
        var result = await (
            request.ValidateOnly
                ? PruneAsync()
                : audit.DoAsync(
                    context,
                    new(workspace.Name, string.Join(' ', request.Names), Detail(request)),
                    PruneAsync
                )
        );
        var response = new V1.PruneNamesResponse { PrunedCount = result.Pruned.Count };
        response.Pruned.Add(result.Pruned.Take(MostAnswered).Select(ToProto));
        response.Kept.Add(limit.Page(result.Kept.Take(MostAnswered).Select(ToProto), beside: response.CalculateSize()));
        return response;

        Task<PrunedNames> PruneAsync() =>
            backend.PruneNamesAsync(workspace.Name, pruning, context.CancellationToken).AsTask();
    }

    private static string Detail(V1.PruneNamesRequest request)
    {
        var kind = request.Kind == V1.NameKind.Unspecified ? "all kinds" : request.Kind.ToString();
        return request.UnusedFor is { } unused ? $"{kind}, unused for {unused.ToTimeSpan()}" : kind;
    }

    private static NameKind? KindOf(V1.NameKind kind) =>
        kind == V1.NameKind.Unspecified ? null
        : System.Enum.IsDefined(kind) ? (NameKind)kind
        : throw CallErrors.From(
            FieldFault.Invalid("kind", "must be one of the kinds of names, or unspecified for all")
        );

    private static TimeSpan? UnusedFor(Duration? duration)
    {
        const long mostSeconds = 100L * 366 * 86_400;
        return duration is null ? null
            : duration is { Seconds: >= 0 and <= mostSeconds, Nanos: >= 0 and < 1_000_000_000 } ? duration.ToTimeSpan()
            : throw CallErrors.From(FieldFault.Invalid("unused_for", "must be 0 to 100 years"));
    }

    /// <summary>The order of the list as a text.</summary>
    private static string PlaceOf(NameUse use) => $"{(int)use.Name.Kind}/{use.Name.Name}";

    private static V1.NameUse ToProto(NameUse use)
    {
        var name = new V1.NameUse { Kind = (V1.NameKind)use.Name.Kind, Name = use.Name.Name };
        if (use.LastDay is { } day)
        {
            name.LastUseTime = Timestamp.FromDateTime(DateTime.UnixEpoch.AddDays(day));
        }
        Optional.Set(use.Holders, holders => name.HolderCount = holders);
        name.UsedBy.Add(use.UsedBy);
        return name;
    }

    private static V1.NameRoom ToProto(NameRoom room) =>
        new()
        {
            Kind = (V1.NameKind)room.Kind,
            UsedCount = room.Used,
            Limit = room.Limit,
            NearlyFull = room.IsNearlyFull,
        };
}
