using Microsoft.Extensions.Time.Testing;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Workspaces;
using Scoring.Engine.Hosting;

namespace Scoring.Engine.Tests.Hosting;

/// <summary>Three hosts on one store, which have its partitions between them, and a backend that reaches all of them.</summary>
internal sealed class ThreeHosts : BackendHost
{
    private const int Hosts = 3;
    private readonly SharedStore _store;
    private readonly EngineOptions _options;
    private readonly Lock _gate = new();
    private readonly Member?[] _members = new Member?[Hosts];
    private readonly int[] _homes;
    private int _asked;

    private ThreeHosts(EngineOptions options)
    {
        _store = new SharedStore(Clock);
        _options = options with { TimeProvider = Clock };
        _homes = [.. Enumerable.Range(0, options.Partitions!.Value).Select(partition => partition % Hosts)];
    }

    public override FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

    /// <summary>One of the three in turn: whichever is asked reaches all.</summary>
    public override IScoringBackend Backend
    {
        get
        {
            lock (_gate)
            {
                return _members[_asked++ % Hosts]!.Backend;
            }
        }
    }

    public override string Workspace => WorkspaceSettings.DefaultName;

    public static async Task<ThreeHosts> StartAsync(EngineOptions options)
    {
        var hosts = new ThreeHosts(options);
        for (var i = 0; i < Hosts; i++)
        {
            await hosts.StartAsync(i);
        }
        await hosts._members[0]!.Backend.StartAsync([]);
        return hosts;
    }

    public override async Task CrashAndRestartAsync()
    {
        for (var i = 0; i < Hosts; i++)
        {
            await CrashAsync(i);
        }
    }

    public override Task DisturbAsync(Random random) =>
        random.Next(4) switch
        {
            0 => CrashAsync(random.Next(Hosts)),
            1 => MoveAsync(random.Next(_homes.Length), random.Next(Hosts)),
            2 => SnatchAsync(random.Next(_homes.Length), random.Next(Hosts)),
            _ => _members[random.Next(Hosts)]!.Host.CheckpointAsync(Cancellation),
        };

    public override async ValueTask DisposeAsync()
    {
        foreach (var member in _members.OfType<Member>())
        {
            await member.DisposeAsync();
        }
    }

    /// <summary>Closes a partition where it is and opens it elsewhere.</summary>
    private async Task MoveAsync(int partition, int host)
    {
        await _members[_homes[partition]]!.Host.ClosePartitionAsync(partition, Cancellation);
        await OpenAsync(partition, host);
    }

    /// <summary>Opens a partition elsewhere while its owner is cut off, which then comes back and thinks that it has it still.</summary>
    private async Task SnatchAsync(int partition, int host)
    {
        var owner = _members[_homes[partition]]!.Connection;
        if (_homes[partition] != host)
        {
            owner.IsCut = true;
            try
            {
                await OpenAsync(partition, host);
            }
            finally
            {
                owner.IsCut = false;
            }
        }
    }

    private async Task CrashAsync(int host)
    {
        var crashed = _members[host]!;
        crashed.Connection.IsCut = true;
        await StartAsync(host);
        await crashed.DisposeAsync();
    }

    private async Task StartAsync(int index)
    {
        var connection = _store.Connect();
        var host = PartitionHost.Open(_options, connection, out _);
        _members[index] = new Member(connection, host, new RoutedBackend(host, new Map(this, index), AnnounceAsync));
        await Task.WhenAll(
            Enumerable
                .Range(0, _homes.Length)
                .Where(partition => _homes[partition] == index)
                .Select(partition => host.OpenPartitionAsync(partition, Cancellation))
        );
    }

    private async Task OpenAsync(int partition, int host)
    {
        await Until.TrueAsync(
            () => TryOpenAsync(_members[host]!.Host, partition),
            () => Clock.Advance(TimeSpan.FromMilliseconds(100))
        );
        _homes[partition] = host;
    }

    /// <summary>A host that is finding out what became of a commit opens nothing until it knows.</summary>
    private static async Task<bool> TryOpenAsync(PartitionHost host, int partition)
    {
        try
        {
            await host.OpenPartitionAsync(partition, Cancellation);
            return true;
        }
        catch (ScoringException e) when (e.Error == ScoringError.Unavailable)
        {
            return false;
        }
    }

    private Task AnnounceAsync() =>
        Task.WhenAll(_members.OfType<Member>().Select(member => member.Host.RefreshAsync()));

    private sealed record Member(SharedStore.Connection Connection, PartitionHost Host, RoutedBackend Backend)
        : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }

    private sealed class Map(ThreeHosts hosts, int index) : IPartitionMap
    {
        public string Here => $"{index}";

        public IPartitionHost? HostNamed(string name) =>
            hosts._members.Select((member, i) => (member, i)).FirstOrDefault(m => $"{m.i}" == name).member?.Host;

        public TimeSpan MaxWait => TimeSpan.FromSeconds(10);

        public IPartitionHost HostOf(int partition) => hosts._members[hosts._homes[partition]]!.Host;

        public ValueTask RefreshAsync(IReadOnlyList<int> absent, CancellationToken cancellationToken) =>
            new(Until.LaterAsync());
    }
}
