using System.Text.Json;
using Grpc.Core;
using Scoring.Engine;
using Scoring.Server.Access;
using Scoring.Server.Calls;

namespace Scoring.Server.Admin;

/// <summary>What was changed by whom: entries are added and never changed, and each is durable before what it tells of is done.</summary>
/// <remarks>
/// The newest entries stand in one document, which is replaced whole; when that is full, all of it becomes a document of its own, and it begins anew.
/// </remarks>
internal sealed class AuditLog(IDocuments documents, TimeProvider time)
{
    /// <summary>Entries of a document that is full.</summary>
    public const int EntriesOfDocument = 100;

    private const string Newest = "audit";

    /// <summary>Has something done that somebody asked for; nothing is, when that cannot be noted.</summary>
    /// <param name="context">The call.</param>
    /// <param name="change">What is to be done.</param>
    /// <param name="action">Does it; what it throws is noted as well.</param>
    public async Task<T> DoAsync<T>(ServerCallContext context, AuditedChange change, Func<Task<T>> action)
    {
        var entry = EntryOf(context, change);
        await AddAsync(entry);
        try
        {
            return await action();
        }
        catch (Exception error)
        {
            var failure = error is RpcException known
                ? $"{StatusNames.Of(known.StatusCode)}: {known.Status.Detail}"
                : error.Message;
            await AddAsync(entry with { Time = time.GetUtcNow(), Failure = failure });
            throw;
        }
    }

    /// <summary>Who calls, as entries have it.</summary>
    public static string ActorOf(ServerCallContext context) =>
        context.GetHttpContext().User is Caller caller ? caller.Name : "anonymous";

    /// <summary>Notes what the server did by itself.</summary>
    /// <param name="method">What would have done it for a caller.</param>
    /// <param name="change">What was done.</param>
    public Task AddOwnAsync(string method, AuditedChange change) =>
        AddAsync(
            new(time.GetUtcNow(), "server", Address: "", method, change.Workspace, change.Target, change.Detail, "")
        );

    /// <summary>Entries from newest to oldest.</summary>
    /// <param name="before">The number of the entry before which they begin; null for the newest.</param>
    public async IAsyncEnumerable<AuditEntry> ReadAsync(long? before)
    {
        var newest = AuditDocument.Read(await documents.ReadAsync(Newest));
        for (var number = newest.Number; number >= 0; number--)
        {
            var first = number * EntriesOfDocument;
            if (first >= before)
            {
                continue;
            }
            var document =
                number == newest.Number ? newest : AuditDocument.Read(await documents.ReadAsync(NameOf(number)));
            for (var i = document.Entries.Count - 1; i >= 0; i--)
            {
                if (!(first + i >= before))
                {
                    yield return document.Entries[i] with
                    {
                        Number = first + i,
                    };
                }
            }
        }
    }

    private AuditEntry EntryOf(ServerCallContext context, AuditedChange change)
    {
        var http = context.GetHttpContext();
        return new(
            time.GetUtcNow(),
            ActorOf(context),
            http.Connection.RemoteIpAddress?.ToString() ?? "",
            context.Method[(context.Method.LastIndexOf('/') + 1)..],
            change.Workspace,
            change.Target,
            change.Detail,
            Failure: ""
        );
    }

    private async Task AddAsync(AuditEntry entry)
    {
        while (true)
        {
            var stored = await documents.ReadAsync(Newest);
            var newest = AuditDocument.Read(stored);
            if (newest.Entries.Count == EntriesOfDocument)
            {
                // Whoever does the same puts the same: a document that is full does not change any more.
                await documents.TryPutAsync(NameOf(newest.Number), replaced: 0, stored.Content);
                newest = new(newest.Number + 1, []);
            }
            var next = newest with { Entries = [.. newest.Entries, entry] };
            if (await documents.TryPutAsync(Newest, stored.Version, JsonSerializer.SerializeToUtf8Bytes(next)))
            {
                return;
            }
        }
    }

    private static string NameOf(long number) => $"{Newest}-{number:D6}";

    /// <param name="Number">How many full ones are before it.</param>
    /// <param name="Entries">From oldest to newest.</param>
    private sealed record AuditDocument(long Number, IReadOnlyList<AuditEntry> Entries)
    {
        public static AuditDocument Read(SharedDocument stored) =>
            stored.Content.Length == 0 ? new(0, []) : JsonSerializer.Deserialize<AuditDocument>(stored.Content)!;
    }
}
