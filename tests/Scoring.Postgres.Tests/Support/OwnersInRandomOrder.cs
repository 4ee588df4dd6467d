namespace Scoring.Postgres.Tests.Support;

/// <summary>
/// Three servers that claim partitions from each other, append, checkpoint and forget in random order, each of them not knowing what the others do.
/// What they were told to be appended is kept beside, and compared.
/// </summary>
internal sealed class OwnersInRandomOrder(string[] databases, int partitions, int seed)
{
    private const int Servers = 3;
    private readonly Random _random = new(seed);
    private readonly List<string>[] _expected = [.. Enumerable.Range(0, partitions).Select(_ => new List<string>())];
    private readonly long[] _contained = new long[partitions];
    private readonly HashSet<int>[] _owned = [.. Enumerable.Range(0, Servers).Select(_ => new HashSet<int>())];
    private int _texts;

    public void Run(int steps)
    {
        var servers = Enumerable
            .Range(0, Servers)
            .Select(_ => new TestServer(TestServer.Options(databases), partitions))
            .ToArray();
        try
        {
            Begin(servers[0]);
            for (var step = 0; step < steps; step++)
            {
                Step(_random.Next(Servers), servers);
            }
            foreach (var partition in Enumerable.Range(0, partitions))
            {
                var behind = _expected[partition].Skip((int)_contained[partition]);
                Assert.Equal(behind, servers[0].Read(partition, _contained[partition]));
            }
        }
        finally
        {
            Array.ForEach(servers, server => server.Dispose());
        }
    }

    /// <summary>What earlier runs left is where this one begins.</summary>
    private void Begin(TestServer server)
    {
        for (var partition = 0; partition < partitions; partition++)
        {
            var contained = PostgresServer.Ask<long>(
                databases[partition % databases.Length],
                $"SELECT contained FROM scoring.partition WHERE partition = {partition}"
            );
            _contained[partition] = contained;
            _expected[partition].AddRange(Enumerable.Repeat("", (int)contained));
            _expected[partition].AddRange(server.Read(partition, contained));
        }
    }

    private void Step(int number, TestServer[] servers)
    {
        var server = servers[number];
        var partition = _random.Next(partitions);
        switch (_random.Next(10))
        {
            case 0:
                server.Store.Ownership.Claim(partition);
                server.StartAt(partition, _contained[partition]);
                server.ReadOn(partition);
                _owned[number].Add(partition);
                break;
            case 1:
                Forget(number, server);
                break;
            default:
                Append(number, server);
                break;
        }
    }

    private void Append(int number, TestServer server)
    {
        var entries = _owned[number]
            .Where(_ => _random.Next(3) > 0)
            .Select(partition => (Partition: partition, Text: $"{++_texts} {new string('x', _random.Next(1_500))}"))
            .ToArray();
        if (entries.Length == 0)
        {
            return;
        }
        var fenced = server.Append(entries);
        foreach (var (partition, text) in entries)
        {
            if (!fenced.Contains(partition))
            {
                _expected[partition].Add($"{server.Newest(partition)} {text}");
                Assert.Equal(_expected[partition].Count, server.Newest(partition));
            }
            else
            {
                // As an owner does that finds itself to be none any more.
                _owned[number].Remove(partition);
            }
        }
    }

    /// <summary>Only the newest owner, which has put the state, may say what is contained.</summary>
    private void Forget(int number, TestServer server)
    {
        var newest = new long[partitions];
        foreach (var partition in _owned[number])
        {
            var version = PostgresServer.Ask<long>(
                databases[partition % databases.Length],
                $"SELECT version FROM scoring.partition WHERE partition = {partition}"
            );
            if (server.Checkpoints.TryPutState(partition, version + 1, "state"u8))
            {
                newest[partition] = server.Newest(partition);
                _contained[partition] = Math.Max(_contained[partition], newest[partition]);
            }
        }
        server.Log.Forget(partition => newest[partition]);
    }
}
