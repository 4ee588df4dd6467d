using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;
using Scoring.Engine;
using Scoring.Engine.Storage;

namespace Scoring.Postgres;

/// <summary>What callers and operators are told when a database fails.</summary>
internal static class PostgresErrors
{
    private const string Driver = "Npgsql";
    private const string Restore =
        "The store has been left as it is. Restore it from a backup, or use an empty database to start with an empty store.";

    /// <summary>Whether an exception is what a database, or the way to it, answers when it cannot be used.</summary>
    /// <remarks>Of connections that break in the middle of something the driver sometimes tells by a fault of its own.</remarks>
    public static bool IsOfDatabase(Exception error) =>
        error
            is NpgsqlException
                or IOException
                or SocketException
                or TimeoutException
                or NullReferenceException { Source: Driver }
                or InvalidOperationException { Source: Driver };

    /// <summary>Whether it is one that says that a connection has ended, rather than what is wrong with what was asked.</summary>
    public static bool IsOfConnection(Exception error) =>
        IsOfDatabase(error)
        && (error is not PostgresException refused || refused.SqlState.StartsWith("57P", StringComparison.Ordinal));

    /// <summary>A failure that had no effect if the database says that it had no room for a statement: it has undone that, then.</summary>
    /// <remarks>A database that goes down for want of room, which is more than an error, may have committed before.</remarks>
    public static StoreFailure Failure(string place, Exception error) =>
        error
            is PostgresException
            {
                InvariantSeverity: "ERROR",
                SqlState: PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory
            }
            ? new StoreFailure($"{place}: {error.Message}", isFull: true, error)
            : StoreFailure.InDoubt(place, error);

    public static StoreException Unreadable(string place, Exception error)
    {
        // What is wrong with a certificate the driver tells beneath its own error.
        var why = error.GetBaseException() is AuthenticationException refused ? $" ({refused.Message})" : "";
        return new(place, $"cannot be read: {error.Message}{why} Check the database and that it can be reached.", error)
        {
            MayPass = true,
        };
    }

    public static StoreException Damaged(string place, string how) =>
        new(place, $"the store is damaged: {how}. {Restore}");
}
