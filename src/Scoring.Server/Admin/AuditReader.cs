using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Server.Access;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Admin;

/// <summary>Answers what was changed by whom.</summary>
internal sealed class AuditReader(AuditLog audit, CallGuard guard, AnswerLimit limit)
{
    private static readonly Paging<AuditEntry> Pages = new(
        "audit",
        ordinary: 100,
        largest: 1_000,
        entry => entry.Number.ToString(CultureInfo.InvariantCulture)
    );

    public async Task<V1.ListAuditEntriesResponse> ListAsync(
        V1.ListAuditEntriesRequest request,
        ServerCallContext context
    )
    {
        CallErrors.ThrowIf(TextRules.Check(request.Workspace, "workspace", TextRules.NameOfWorkspaceOrModel));
        guard.Require(context, request.Workspace.Length == 0 ? AccessGrant.AnyWorkspace : request.Workspace);
        var wanted = Pages.Read(request.PageSize, request.PageToken);
        long? before = wanted.After.Length == 0 ? null : NumberOf(wanted.After);
        var found = new List<AuditEntry>();
        await foreach (var entry in audit.ReadAsync(before))
        {
            if (request.Workspace.Length > 0 && entry.Workspace != request.Workspace)
            {
                continue;
            }
            found.Add(entry);
            if (found.Count > wanted.Size)
            {
                break;
            }
        }
        var page = limit.Page(found.Take(wanted.Size).Select(ToProto));
        return new V1.ListAuditEntriesResponse
        {
            Entries = { page },
            NextPageToken = page.Count < found.Count ? Pages.TokenAfter(found[page.Count - 1]) : "",
        };
    }

    private static long NumberOf(string place) =>
        long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Paging<AuditEntry>.NoSuchPage();

    private static V1.AuditEntry ToProto(AuditEntry entry) =>
        new()
        {
            Time = Timestamp.FromDateTimeOffset(entry.Time),
            Actor = entry.Actor,
            Address = entry.Address,
            Method = entry.Method,
            Workspace = entry.Workspace,
            Target = entry.Target,
            Detail = entry.Detail,
            Failure = entry.Failure,
        };
}
