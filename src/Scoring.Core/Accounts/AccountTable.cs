using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Scoring.Core.Models;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Accounts;

/// <summary>Every account of some populations: tallies of its members there, and what is known of it beside them.</summary>
public sealed class AccountTable
{
    private readonly Dictionary<string, AccountTally> _tallies = new(StringComparer.Ordinal);
    private readonly List<AccountRecord> _records = [];

    // Of nobody: what features there are.
    private readonly List<AccountTally> _features = [];

    /// <summary>The newest event of all members; <see cref="Instant.MinValue"/> when there is none.</summary>
    public Instant NewestEvent =>
        _tallies.Values.Select(tally => tally.NewestEvent).DefaultIfEmpty(Instant.MinValue).Max();

    /// <summary>The health of every account of all populations of a workspace.</summary>
    /// <param name="query">The query that is answered.</param>
    /// <param name="model">The model whose bands were counted.</param>
    /// <param name="settings">The workspace.</param>
    /// <param name="readTime">The instant that the tallies hold for.</param>
    public IEnumerable<AccountHealth> Summarize(
        AccountListQuery query,
        ScoringModel model,
        WorkspaceSettings settings,
        Instant readTime
    )
    {
        var records = _records.ToDictionary(record => record.AccountId, StringComparer.Ordinal);
        foreach (var id in _tallies.Keys.Union(records.Keys, StringComparer.Ordinal))
        {
            yield return AccountTally.Summarize(
                _tallies.TryGetValue(id, out var tally) ? [tally, .. _features] : _features,
                records.GetValueOrDefault(id),
                new(query.Workspace, id, query.WindowDays, query.Model, readTime),
                model,
                settings,
                readTime
            );
        }
    }

    /// <summary>Adds an account as it is known beside its customers.</summary>
    public void Add(AccountRecord account) => _records.Add(account.Clone());

    /// <summary>Adds what other populations have, whose table is void from then on.</summary>
    public void Take(AccountTable other)
    {
        _records.AddRange(other._records);
        MergeFeatures(other._features);
        foreach (var (id, tally) in other._tallies)
        {
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_tallies, id, out var isKnown);
            known = isKnown ? AccountTally.Merge([known!, tally]) : tally;
        }
    }

    /// <summary>The table as it is sent.</summary>
    public byte[] Write() =>
        JsonSerializer.SerializeToUtf8Bytes(
            new Sent(
                _tallies.ToDictionary(tally => tally.Key, tally => tally.Value),
                [.. _records.Select(Written)],
                _features
            ),
            AccountTally.Sent
        );

    /// <summary>Reads a table that was sent.</summary>
    /// <exception cref="JsonException">The bytes are not a table.</exception>
    public static AccountTable Read(ReadOnlySpan<byte> sent)
    {
        var read = JsonSerializer.Deserialize<Sent>(sent, AccountTally.Sent)!;
        var table = new AccountTable();
        foreach (var (id, tally) in read.Tallies)
        {
            table._tallies.Add(id, tally);
        }
        table._records.AddRange(read.Records.Select(record => AccountRecord.Read(record)));
        table._features.AddRange(read.Features);
        return table;
    }

    /// <summary>The tally of an account's members, begun where there is none.</summary>
    internal AccountTally Of(ReadOnlySpan<byte> accountId, Func<AccountTally> begin)
    {
        Span<char> chars = stackalloc char[Limits.IdBytes];
        var id = chars[..Encoding.UTF8.GetChars(accountId, chars)];
        ref var tally = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _tallies.GetAlternateLookup<ReadOnlySpan<char>>(),
            id,
            out _
        );
        return tally ??= begin();
    }

    /// <summary>Notes what features there are.</summary>
    internal void AddFeatures(AccountTally ofNobody) => MergeFeatures([ofNobody]);

    private void MergeFeatures(IReadOnlyList<AccountTally> others)
    {
        AccountTally[] all = [.. _features, .. others];
        _features.Clear();
        if (all.Length > 0)
        {
            _features.Add(AccountTally.Merge(all));
        }
    }

    private static byte[] Written(AccountRecord record)
    {
        var target = new System.Buffers.ArrayBufferWriter<byte>();
        record.Write(target);
        return target.WrittenSpan.ToArray();
    }

    private sealed record Sent(
        Dictionary<string, AccountTally> Tallies,
        IReadOnlyList<byte[]> Records,
        IReadOnlyList<AccountTally> Features
    );
}
