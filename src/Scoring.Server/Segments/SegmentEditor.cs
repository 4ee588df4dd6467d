using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Filters;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;
using Scoring.Server.Admin;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Segments;

/// <summary>Reads and changes the saved segments of a workspace.</summary>
internal sealed class SegmentEditor(
    SegmentCatalog catalog,
    WorkspaceCatalog workspaces,
    AuditLog audit,
    AnswerLimit limit,
    TimeProvider time
)
{
    private const int LongestDescription = 1_024;
    private static readonly Paging<StoredSegment> Pages = new(
        "segments",
        ordinary: 100,
        largest: 1_000,
        segment => segment.Name
    );

    public V1.Segment Get(V1.GetSegmentRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context);
        CallErrors.ThrowIf(TextRules.CheckRequired(request.Name, "name", TextRules.NameOfWorkspaceOrModel));
        var segments = catalog.Of(workspace.Name);
        return ToProto(segments.Find(request.Name) ?? throw NotFound(segments, request.Name));
    }

    public V1.ListSegmentsResponse List(V1.ListSegmentsRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context);
        var wanted = Pages.Read(request.PageSize, request.PageToken);
        return new V1.ListSegmentsResponse
        {
            Segments = { Pages.Cut(wanted, catalog.Of(workspace.Name).All, ToProto, limit, out var next) },
            NextPageToken = next,
        };
    }

    public async Task<V1.Segment> PutAsync(V1.PutSegmentRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context);
        var asked = request.Segment ?? throw CallErrors.From(TextRules.Missing("segment"));
        List<FieldFault> faults = [.. FaultsOf(asked, workspace)];
        if (faults.Count > 0)
        {
            throw CallErrors.From([.. faults.Select(fault => fault.Within("segment"))]);
        }
        StoredSegment? stored = null;
        return await audit.DoAsync(
            context,
            new(workspace.Name, asked.Name, asked.Filter),
            async () =>
            {
                await catalog.ChangeAsync(
                    workspace.Name,
                    segments => With(segments, asked, AuditLog.ActorOf(context), out stored)
                );
                return ToProto(stored!);
            }
        );
    }

    public async Task<V1.DeleteSegmentResponse> DeleteAsync(V1.DeleteSegmentRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context);
        CallErrors.ThrowIf(TextRules.CheckRequired(request.Name, "name", TextRules.NameOfWorkspaceOrModel));
        // What cannot be done need not be noted.
        _ = Without(catalog.Of(workspace.Name), request);
        return await audit.DoAsync(
            context,
            new(workspace.Name, request.Name, ""),
            async () =>
            {
                await catalog.ChangeAsync(workspace.Name, segments => Without(segments, request));
                return new V1.DeleteSegmentResponse();
            }
        );
    }

    private static IEnumerable<FieldFault> FaultsOf(V1.Segment segment, WorkspaceSettings workspace)
    {
        if (!ModelRules.IsResourceName(segment.Name))
        {
            yield return FieldFault.Invalid(
                "name",
                "must be 1 to 64 lower-case letters, digits, '_' or '-', starting with a letter"
            );
        }
        if (TextRules.CheckProse(segment.Description, "description", LongestDescription) is { } unfit)
        {
            yield return unfit;
        }
        if (segment.Filter.Length == 0)
        {
            yield return TextRules.Missing("filter");
        }
        else if (UnseenCharacters.FaultOfProse(segment.Filter) is { } hidden)
        {
            yield return FieldFault.Invalid("filter", hidden);
        }
        else if (FaultOf(segment.Filter, workspace) is { } fault)
        {
            yield return FieldFault.Invalid("filter", fault);
        }
    }

    private static string? FaultOf(string filter, WorkspaceSettings workspace)
    {
        try
        {
            FilterRules.ThrowIfUnfit(Filter.Parse(filter), workspace);
            return null;
        }
        catch (ScoringException e) when (e.Error == ScoringError.InvalidArgument)
        {
            return e.Message["The filter ".Length..].TrimEnd('.');
        }
    }

    private SavedSegments With(SavedSegments segments, V1.Segment asked, string author, out StoredSegment stored)
    {
        var current = segments.Find(asked.Name);
        ThrowIfChanged(current, asked.Name, asked.Etag);
        if (current is null && segments.Count >= Limits.Segments)
        {
            throw new ScoringException(
                ScoringError.LimitExceeded,
                $"The workspace has {Limits.Segments:N0} saved segments, its limit; delete those that nobody uses."
            )
            {
                Field = "segment.name",
                Subject = asked.Name,
            };
        }
        var now = time.GetUtcNow();
        stored = new(
            asked.Name,
            asked.Description,
            asked.Filter,
            segments.Version + 1,
            current?.CreatedAt ?? now,
            now,
            author
        );
        try
        {
            return segments.With(stored);
        }
        catch (ScoringException e) when (e.Error == ScoringError.InvalidArgument)
        {
            throw new ScoringException(e.Error, e.Message, e) { Field = "segment.filter" };
        }
    }

    private static SavedSegments Without(SavedSegments segments, V1.DeleteSegmentRequest request)
    {
        var current = segments.Find(request.Name) ?? throw NotFound(segments, request.Name);
        ThrowIfChanged(current, request.Name, request.Etag);
        var users = segments.UsersOf(request.Name);
        return users.Count == 0 ? segments.Without(request.Name) : throw CallErrors.SegmentInUse(request.Name, users);
    }

    private static void ThrowIfChanged(StoredSegment? current, string name, string etag)
    {
        if (etag.Length > 0 && etag != EtagOf(current))
        {
            throw CallErrors.SegmentChanged(name, isThere: current is not null);
        }
    }

    private static RpcException NotFound(SavedSegments segments, string name) =>
        CallErrors.SegmentNotFound(name, segments.NearestTo(name));

    private static string EtagOf(StoredSegment? segment) =>
        segment is null ? "" : string.Create(CultureInfo.InvariantCulture, $"s{segment.Version}");

    private static V1.Segment ToProto(StoredSegment segment) =>
        new()
        {
            Name = segment.Name,
            Description = segment.Description,
            Filter = segment.Filter,
            Etag = EtagOf(segment),
            CreateTime = Timestamp.FromDateTimeOffset(segment.CreatedAt),
            UpdateTime = Timestamp.FromDateTimeOffset(segment.UpdatedAt),
            Author = segment.Author,
        };
}
