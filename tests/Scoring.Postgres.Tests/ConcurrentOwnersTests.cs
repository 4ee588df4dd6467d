using System.Collections.Concurrent;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Postgres.Tests;

/// <summary>Owners, checkpoints and readers at the same time, each on a thread of its own.</summary>
public sealed class ConcurrentOwnersTests(PostgresServer server)
{
    private const int Partitions = 2;
    private readonly string _database = server.NewDatabase();

    [Fact]
    public void Owners_that_take_partitions_from_each_other_lose_nothing_and_append_nothing_twice()
    {
        const int Owners = 3;
        const int Takes = 12;
        var appended = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        Start().Dispose();

        OnThreads(
            Owners,
            number =>
            {
                using var owner = Start();
                for (var take = 0; take < Takes; take++)
                {
                    owner.Claim(0, 1);
                    var lost = 0;
                    for (var i = 0; i < 30 && lost < Partitions; i++)
                    {
                        var texts = new[] { $"{number} {take} {i} 0", $"{number} {take} {i} 1" };
                        var fenced = owner.Append((0, texts[0]), (1, texts[1]));
                        for (var partition = 0; partition < Partitions; partition++)
                        {
                            if (!fenced.Contains(partition))
                            {
                                appended[texts[partition]] = partition;
                            }
                        }
                        lost += fenced.Count;
                        foreach (var partition in fenced)
                        {
                            // Whoever lost it may try again from where the other one is.
                            owner.ReadOn(partition);
                        }
                    }
                }
            }
        );

        using var reader = Start();
        for (var partition = 0; partition < Partitions; partition++)
        {
            var found = reader
                .Read(partition)
                .Select(entry => entry[(entry.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            Assert.Equal(
                appended.Where(text => text.Value == partition).Select(text => text.Key).Order(StringComparer.Ordinal),
                found.Order(StringComparer.Ordinal)
            );
        }
    }

    [Fact]
    public void Tables_come_and_go_while_entries_are_appended_and_read()
    {
        const int Commits = 400;
        using var owner = Start();
        owner.Claim(0, 1);
        var text = new string('x', 500);
        var contained = 0L;
        using var done = new CancellationTokenSource();
        OnThreads(
            3,
            number =>
            {
                switch (number)
                {
                    case 0:
                        for (var i = 0; i < Commits; i++)
                        {
                            Assert.Empty(owner.Append((0, text), (1, text)));
                            Volatile.Write(ref contained, Math.Max(0, i - 20));
                        }
                        done.Cancel();
                        break;
                    case 1:
                        while (!done.IsCancellationRequested)
                        {
                            var upTo = Volatile.Read(ref contained);
                            owner.Log.Forget(_ => upTo);
                        }
                        break;
                    default:
                        using (var reader = Start())
                        {
                            while (!done.IsCancellationRequested)
                            {
                                // Newer than anything that may be forgotten while it is read: from the end on.
                                Assert.Empty(reader.Read(1, after: Commits));
                            }
                        }
                        break;
                }
            }
        );

        owner.Log.Forget(_ => Commits - 1);
        Assert.Equal([$"{Commits} {text}"], owner.Read(0, Commits - 1));
        var tables = PostgresServer.Ask<long[]>(_database, "SELECT array_agg(number) FROM scoring.generation");
        Assert.InRange(tables.Min(), 20, long.MaxValue);
        // One in use, one that the next rows go into, one that was just made.
        Assert.InRange(tables.Length, 1, 3);
        Assert.InRange(owner.Log.FileBytes, 1, 512 << 10);
    }

    private TestServer Start() => new(TestServer.Options(_database), Partitions);

    /// <summary>Runs something on several threads, and fails as the first of them does.</summary>
    private static void OnThreads(int count, Action<int> action) =>
        Task.WaitAll(
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(number => Task.Factory.StartNew(() => action(number), TaskCreationOptions.LongRunning)),
            ],
            TestContext.Current.CancellationToken
        );
}
