namespace Scoring.Engine.Storage;

/// <summary>What the file looks like to SQLite.</summary>
internal static class StoreSchema
{
    /// <summary>"CSCO" in ASCII: tells the store from other SQLite files.</summary>
    public const int ApplicationId = 0x4353434F;

    /// <summary>Version of the layout of tables and blobs.</summary>
    public const int Version = 6;

    public static string Name(Table table) =>
        table switch
        {
            Table.Meta => "meta",
            Table.Workspace => "workspace",
            Table.Model => "model",
            Table.Partition => "partition",
            Table.Segment => "segment",
            _ => throw new ArgumentOutOfRangeException(nameof(table), table, message: null),
        };

    /// <summary>The statements that make the tables, exactly as SQLite stores them.</summary>
    public static IEnumerable<string> Statements =>
        Enum.GetValues<Table>().Select(t => $"CREATE TABLE {Name(t)}(id INTEGER PRIMARY KEY, data BLOB NOT NULL)");
}
