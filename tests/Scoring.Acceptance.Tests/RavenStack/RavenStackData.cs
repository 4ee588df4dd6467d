using Microsoft.Data.Sqlite;

namespace Scoring.Acceptance.Tests.RavenStack;

/// <summary>The CSV files of RavenStack as tables in memory, and what SQL makes of them.</summary>
internal sealed class RavenStackData : IDisposable
{
    private const string Variable = "SCORING_RAVENSTACK";

    private readonly SqliteConnection _database = new("Data Source=:memory:");

    private RavenStackData() => _database.Open();

    /// <summary>The folder of the files; null where they are not. Beside the repository, or named by the environment.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>Loads the files and computes what is expected.</summary>
    public static RavenStackData Load(string model, string at, string passive)
    {
        var data = new RavenStackData();
        foreach (var table in new[] { "accounts", "subscriptions", "feature_usage", "support_tickets", "churn_events" })
        {
            data.LoadTable(table, Path.Combine(Folder!, $"ravenstack_{table}.csv"));
        }

        // Parameters cannot be used in "create table as": they are read from a table instead.
        var sql = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "RavenStack", "expected.sql"));
        data.Execute("create table given (model, at, passive)");
        using (var insert = data.Command("insert into given values ($model, $at, $passive)"))
        {
            insert.Parameters.AddWithValue("$model", model);
            insert.Parameters.AddWithValue("$at", at);
            insert.Parameters.AddWithValue("$passive", passive);
            insert.ExecuteNonQuery();
        }

        data.Execute(
            sql.Replace("@model", "(select model from given)", StringComparison.Ordinal)
                .Replace("@at", "(select at from given)", StringComparison.Ordinal)
                .Replace("@passive", "(select passive from given)", StringComparison.Ordinal)
        );
        return data;
    }

    /// <summary>The rows of a query, each by column name.</summary>
    public IReadOnlyList<ExpectedRow> Query(string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(sql);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        using var reader = command.ExecuteReader();
        var rows = new List<ExpectedRow>();
        while (reader.Read())
        {
            var columns = Enumerable
                .Range(0, reader.FieldCount)
                .ToDictionary(
                    reader.GetName,
                    i => reader.IsDBNull(i) ? null : reader.GetValue(i),
                    StringComparer.Ordinal
                );
            rows.Add(new ExpectedRow(columns));
        }

        return rows;
    }

    public void Dispose() => _database.Dispose();

    private static string? Find()
    {
        var folder =
            Environment.GetEnvironmentVariable(Variable)
            ?? Path.Combine(Cli.Tests.Repository.Root, "..", "shared", "data", "ravenstack");
        return File.Exists(Path.Combine(folder, "ravenstack_accounts.csv")) ? folder : null;
    }

    /// <summary>The files have no quoted fields, so that splitting lines reads them independently of the product's reader.</summary>
    private void LoadTable(string table, string file)
    {
        var lines = File.ReadAllLines(file);
        Assert.DoesNotContain(lines, line => line.Contains('"', StringComparison.Ordinal));
        var columns = lines[0].Split(',');
        Execute($"create table {table} ({string.Join(", ", columns.Select(column => $"{column} text"))})");
        using var transaction = _database.BeginTransaction();
        using var insert = Command(
            $"insert into {table} values ({string.Join(", ", columns.Select((_, i) => $"$p{i}"))})"
        );
        insert.Transaction = transaction;
        SqliteParameter[] parameters = [.. columns.Select((_, i) => insert.Parameters.Add($"$p{i}", SqliteType.Text))];
        foreach (var line in lines.Skip(1))
        {
            var fields = line.Split(',');
            Assert.Equal(columns.Length, fields.Length);
            for (var i = 0; i < fields.Length; i++)
            {
                parameters[i].Value = fields[i];
            }

            insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private void Execute(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql)
    {
        var command = _database.CreateCommand();
#pragma warning disable CA2100 // The statements are this test's own files.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}

/// <summary>One row of what is expected.</summary>
internal sealed class ExpectedRow(IReadOnlyDictionary<string, object?> columns)
{
    public string Text(string column) => (string)columns[column]!;

    public long Whole(string column) => Convert.ToInt64(columns[column]!, null);

    /// <summary>A figure; null where SQL has no value, which is where the service has none either.</summary>
    public double? Figure(string column) => columns[column] is { } value ? Convert.ToDouble(value, null) : null;
}
