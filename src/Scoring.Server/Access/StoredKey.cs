using Scoring.Server.Settings.Values;

namespace Scoring.Server.Access;

/// <summary>An API key as it is kept: without its secret.</summary>
internal sealed record StoredKey
{
    /// <summary>Stands for it.</summary>
    public required string Id { get; init; }

    /// <summary>SHA-256 of the secret. That has 256 random bits, so that a slow hash, as passwords need it, would protect nothing.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Who uses it.</summary>
    public required string Owner { get; init; }

    /// <summary>What it may be used for, each as <see cref="AccessGrant"/> writes it.</summary>
    public required IReadOnlyList<string> Grants { get; init; }

    /// <summary>Most calls a second; 0 for any number, as for the others.</summary>
    public int CallsPerSecond { get; init; }

    /// <summary>Most events, customers and accounts that are written a second.</summary>
    public int EventsPerSecond { get; init; }

    /// <summary>Most bytes of writes a second.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>Most streams at a time.</summary>
    public int ConcurrentStreams { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it is refused; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was used last, to a minute; null for never.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}
