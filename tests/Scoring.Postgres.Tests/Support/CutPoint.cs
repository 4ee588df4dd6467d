namespace Scoring.Postgres.Tests.Support;

/// <summary>Where a proxy cuts a connection, counted from the next thing that its client sends.</summary>
public enum CutPoint
{
    /// <summary>Nothing of it reaches the database.</summary>
    BeforeStatement,

    /// <summary>A part of it reaches the database.</summary>
    WithinStatement,

    /// <summary>All of it reaches the database, which then has nobody to answer.</summary>
    AfterStatement,

    /// <summary>The database has answered, and the client never hears of it.</summary>
    BeforeAnswer,

    /// <summary>It reaches the database after the client has given up, and the database does not know that.</summary>
    LateStatement,
}
