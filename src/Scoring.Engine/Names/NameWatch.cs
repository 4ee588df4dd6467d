using System.Diagnostics.Metrics;
using Scoring.Core.Names;
using Scoring.Engine.Partitions;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Names;

/// <summary>Tells the operator, by log and metrics, before there is no room for names any more.</summary>
internal sealed class NameWatch : IDisposable
{
    /// <summary>How often it is looked.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly WorkspaceDirectory _workspaces;
    private readonly OpenPartitions _partitions;
    private readonly EngineLog _log;
    private readonly HashSet<(int, NameKind)> _told = [];
    private readonly Lock _gate = new();
    private readonly ITimer _timer;

    public NameWatch(WorkspaceDirectory workspaces, OpenPartitions partitions, TimeProvider time, EngineLog log)
    {
        (_workspaces, _partitions, _log) = (workspaces, partitions, log);
        _timer = time.CreateTimer(_ => Look(), state: null, Period, Period);
        Look();
    }

    /// <summary>How many names are taken.</summary>
    public IEnumerable<Measurement<long>> Used => Measure(room => room.Used);

    /// <summary>How many there may be.</summary>
    public IEnumerable<Measurement<long>> Limit => Measure(room => room.Limit);

    public void Dispose() => _timer.Dispose();

    private IEnumerable<Measurement<long>> Measure(Func<NameRoom, long> figure) =>
        from workspace in _workspaces.All
        from room in Rooms(workspace)
        select new Measurement<long>(
            figure(room),
            new("workspace", workspace.Settings.Name),
            new("kind", InWords(room.Kind, '_'))
        );

    private void Look()
    {
        lock (_gate)
        {
            foreach (var workspace in _workspaces.All)
            {
                foreach (var room in Rooms(workspace))
                {
                    Tell(workspace, room);
                }
            }
        }
    }

    /// <summary>How much of the room for names is taken in the partition that has most, but for those of accounts.</summary>
    private IEnumerable<NameRoom> Rooms(EngineWorkspace workspace) =>
        _partitions
            .All.Where(partition => partition.Shares.Count > workspace.Number)
            .SelectMany(partition => partition.Shares[workspace.Number].Population.NameRooms)
            .GroupBy(room => room.Kind)
            .Select(rooms => rooms.MaxBy(room => room.Used));

    private void Tell(EngineWorkspace workspace, NameRoom room)
    {
        if (!room.IsNearlyFull)
        {
            _told.Remove((workspace.Number, room.Kind));
        }
        else if (_told.Add((workspace.Number, room.Kind)))
        {
            _log.NamesNearlyFull(workspace.Settings.Name, room.Used, InWords(room.Kind, ' '), room.Limit);
        }
    }

    private static string InWords(NameKind kind, char between) =>
        kind switch
        {
            NameKind.EventType => $"event{between}types",
            NameKind.Feature => "features",
            _ => $"attribute{between}keys",
        };
}
