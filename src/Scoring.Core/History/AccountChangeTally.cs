using System.Text.Json;
using Scoring.Core.Accounts;

namespace Scoring.Core.History;

/// <summary>How some of an account's customers changed between two instants, step by step. Tallies of distinct customers add up.</summary>
/// <param name="From">The customers at the first instant, with what features there were.</param>
/// <param name="Steps">The steps, by kind and subject (ordinal). The last one tells of the second instant, with what features there were.</param>
public sealed record AccountChangeTally(AccountTally From, IReadOnlyList<AccountChangeStep> Steps)
{
    /// <summary>The customers at the second instant.</summary>
    public AccountTally To => Steps[^1].Tally;

    /// <summary>Makes one tally of several: where some have no such step, they stay as they are in it.</summary>
    /// <param name="tallies">At least one, of the same instants.</param>
    public static AccountChangeTally Merge(IReadOnlyList<AccountChangeTally> tallies)
    {
        AccountTally[] now = [.. tallies.Select(of => of.From)];
        var from = AccountTally.Merge(now);
        var next = new int[now.Length];
        var steps = new List<AccountChangeStep>();
        var all = tallies
            .SelectMany(of => of.Steps)
            .Select(step => (step.Kind, step.Subject))
            .Distinct()
            .OrderBy(step => step.Kind)
            .ThenBy(step => step.Subject, StringComparer.Ordinal);
        foreach (var (kind, subject) in all)
        {
            var (customers, events) = (0L, 0L);
            for (var i = 0; i < now.Length; i++)
            {
                if (
                    tallies[i].Steps.ElementAtOrDefault(next[i]) is { } step
                    && (step.Kind, step.Subject) == (kind, subject)
                )
                {
                    (customers, events) = (customers + step.Customers, events + step.Events);
                    now[i] = step.Tally;
                    next[i]++;
                }
            }
            steps.Add(new(kind, subject, customers, events, AccountTally.Merge(now)));
        }
        return new(from, steps);
    }

    /// <summary>The tally as it is sent.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, AccountTally.Sent);

    /// <summary>Reads a tally that was sent.</summary>
    /// <exception cref="JsonException">The bytes are not a tally.</exception>
    public static AccountChangeTally Read(ReadOnlySpan<byte> sent) =>
        JsonSerializer.Deserialize<AccountChangeTally>(sent, AccountTally.Sent)!;
}
