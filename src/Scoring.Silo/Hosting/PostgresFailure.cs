using Npgsql;

namespace Scoring.Silo.Hosting;

/// <summary>Says why a silo cannot use PostgreSQL, and what to do about it.</summary>
internal static class PostgresFailure
{
    private const string Setting = "Silo:ConnectionString";

    /// <param name="connection">How it was to be reached, in Npgsql's words.</param>
    /// <param name="failure">What came of it.</param>
    public static string Describe(string connection, Exception failure)
    {
        if (failure is ArgumentException)
        {
            return $"Setting {Setting}: {FirstLine(failure.Message).Split(" (Parameter", 2)[0]}. Write for example \"Host=db;Database=scoring;Username=scoring\".";
        }
        var to = new NpgsqlConnectionStringBuilder(connection);
        var place = $"PostgreSQL at {to.Host}:{to.Port}, database {to.Database}, user {to.Username} ({Setting})";
        var why = failure is PostgresException refused ? refused.MessageText : Reason(failure);
        return $"{place}: {why}. {Advice(failure, to)}".TrimEnd();
    }

    private static string Reason(Exception failure) =>
        failure.InnerException is { } inner && !failure.Message.Contains(inner.Message, StringComparison.Ordinal)
            ? $"{FirstLine(failure.Message)} ({FirstLine(inner.Message)})"
            : FirstLine(failure.Message);

    private static string Advice(Exception failure, NpgsqlConnectionStringBuilder to) =>
        failure switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InvalidAuthorizationSpecification } =>
                $"Make the user (CREATE USER {to.Username}), or name another one there.",
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
                $"Make the database (CREATE DATABASE {to.Database} OWNER {to.Username}), or name another one there.",
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword } =>
                "Give the password there (Password=...), best by the environment (SILO__CONNECTIONSTRING).",
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
                "Let this user make tables in the database, or run deploy/postgres.sql as one who may and set Silo:CreateTables=false.",
            PostgresException => "",
            _ => "Start it, or say there where it is.",
        };

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd('\r', '.', ' ');
}
