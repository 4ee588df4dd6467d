using System.Numerics;
using Scoring.Core.Recording;

namespace Scoring.Engine.Journal;

/// <summary>What became of all entries up to one, as a number: each is hashed with the number of the one before it.</summary>
/// <remarks>
/// Each entry of the journal carries that of an earlier one, so that a replay that decides anything otherwise than the running server did
/// is noticed, and stops the start.
/// </remarks>
/// <param name="Entry">Number of the entry.</param>
/// <param name="Digest">The hash.</param>
public sealed record OutcomeMark(long Entry, ulong Digest)
{
    /// <summary>That of a partition in which nothing was applied yet.</summary>
    public static OutcomeMark None { get; } = new(0, 0);

    /// <summary>The mark of the next entry.</summary>
    /// <param name="outcomes">What became of its commands.</param>
    internal OutcomeMark Next(List<CommandOutcome> outcomes)
    {
        var digest = Mix(Digest, (ulong)Entry + 1);
        foreach (var outcome in outcomes)
        {
            digest = Mix(Mix(digest, (ulong)outcome.Accepted), (ulong)outcome.Duplicates);
            for (var i = 0; i < outcome.Rejections.Count; i++)
            {
                var (index, reason) = (outcome.Rejections[i].Index, outcome.Rejections[i].Reason);
                digest = Mix(digest, ((ulong)index << 1) | (reason == RejectionReason.EventIdConflict ? 0 : 1u));
            }
        }
        return new(Entry + 1, digest);
    }

    private static ulong Mix(ulong digest, ulong value) =>
        BitOperations.RotateLeft((digest ^ value) * 0x9E3779B97F4A7C15, 29) * 0xBF58476D1CE4E5B9;
}
