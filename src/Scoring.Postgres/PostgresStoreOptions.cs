using System.Net;
using Npgsql;
using Scoring.Engine;

namespace Scoring.Postgres;

/// <summary>Where a store in PostgreSQL lies, and how a server uses it.</summary>
public sealed record PostgresStoreOptions
{
    /// <summary>
    /// How to connect to the databases, always in the same order: partitions are divided among them by their number. The first one also holds
    /// what belongs to no partition. Sessions are needed: a pooler in between must not divide them.
    /// </summary>
    public required IReadOnlyList<string> Databases { get; init; }

    /// <summary>What to call this server in the store. What tells it from others is drawn when it starts.</summary>
    public required string Server { get; init; }

    /// <summary>
    /// How long this server may answer for its partitions without hearing from the database, at least 100 ms; 3 seconds by default. It is renewed three
    /// times as often. Whoever follows a server that was killed waits for the rest, so it is part of how long partitions are away; a pause of the
    /// process or the database that is shorter than two thirds of it is not noticed.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Bytes of log of this server after which a new table begins, at least 4 KiB; 128 MiB by default. A table is given up as a whole, which takes the
    /// longer the larger it is.
    /// </summary>
    public long RotationBytes { get; init; } = 128L << 20;

    /// <summary>How long an answer of the database is waited for, a second at least; 15 seconds by default. What is not answered then is in doubt.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Called at the steps of every commit; a test may block or throw there.</summary>
    public Action<CommitStep>? CommitProbe { get; init; }

    /// <summary>Takes databases apart that are written with <c>|</c> between them, since how to connect to one has commas and semicolons in it.</summary>
    public static IReadOnlyList<string> Split(string databases) =>
        databases.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// Hosts of databases on other machines that may be anybody: whoever is in between could read and change the store. SSL Mode is neither VerifyFull nor
    /// VerifyCA there.
    /// </summary>
    public IEnumerable<string> UnverifiedHosts =>
        Databases
            .Select(database => new NpgsqlConnectionStringBuilder(database))
            .Where(database => database.SslMode < SslMode.VerifyCA)
            .SelectMany(database => (database.Host ?? "").Split(',', StringSplitOptions.TrimEntries))
            .Where(host => !IsOfThisMachine(host))
            .Distinct(StringComparer.Ordinal);

    /// <summary>Throws when a setting is out of its range.</summary>
    /// <exception cref="ArgumentException">The message names the setting and its range.</exception>
    public void Validate()
    {
        Require(Databases.Count is >= 1 and <= StoreBounds.Partitions, nameof(Databases), "must be 1 to 1,024");
        Require(Server.Length is >= 1 and <= 256, nameof(Server), "must have 1 to 256 characters");
        Require(
            Lease >= TimeSpan.FromMilliseconds(100) && Lease <= TimeSpan.FromHours(1),
            nameof(Lease),
            "must be 100 milliseconds to an hour"
        );
        Require(RotationBytes >= 4 << 10, nameof(RotationBytes), "must be at least 4,096");
        Require(
            CommandTimeout >= TimeSpan.FromSeconds(1) && CommandTimeout <= TimeSpan.FromHours(1),
            nameof(CommandTimeout),
            "must be a second to an hour"
        );
    }

    /// <summary>Whether a host, with or without a port, is a socket or a loopback address.</summary>
    private static bool IsOfThisMachine(string host) =>
        host is "" or ['/' or '@', ..]
        || (Uri.TryCreate($"tcp://{host}", UriKind.Absolute, out var uri) && uri.IsLoopback)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static void Require(bool holds, string setting, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"The setting {setting} {rule}.", setting);
        }
    }
}
