namespace Scoring.Postgres.Tests;

/// <summary>What is known of a statement that failed.</summary>
public sealed class PostgresErrorsTests
{
    [Theory]
    [InlineData("ERROR", "53100", true)]
    [InlineData("ERROR", "53200", true)]
    [InlineData("ERROR", "57014", false)]
    // It had no room for its write-ahead log and has gone down: what it was committing may be there once it is up again.
    [InlineData("PANIC", "53100", false)]
    [InlineData("FATAL", "53200", false)]
    public void Only_a_statement_that_was_undone_for_want_of_room_is_known_to_have_had_no_effect(
        string severity,
        string state,
        bool isFull
    ) =>
        Assert.Equal(
            isFull,
            PostgresErrors.Failure("place", new Npgsql.PostgresException("no room", severity, severity, state)).IsFull
        );

    [Fact]
    public void A_fault_of_the_driver_is_taken_for_a_connection_that_broke_and_one_of_this_program_is_not()
    {
        // What Npgsql was seen to throw when PostgreSQL ended in the middle of an answer.
        var fault = Record.Exception(() => ((string)null!).Length)!;
        Assert.IsType<NullReferenceException>(fault);
        Assert.False(PostgresErrors.IsOfDatabase(fault));
        fault.Source = "Npgsql";
        Assert.True(PostgresErrors.IsOfDatabase(fault));
        Assert.True(PostgresErrors.IsOfDatabase(new ObjectDisposedException("connection") { Source = "Npgsql" }));
        Assert.False(PostgresErrors.IsOfDatabase(new InvalidCastException { Source = "Npgsql" }));
    }
}
