using System.Net;
using Microsoft.Extensions.Time.Testing;
using Scoring.Cluster.Segments;

namespace Scoring.Cluster.Tests.Segments;

/// <summary>A shard has all silos tell it, whatever becomes of one of them.</summary>
public sealed class IntroductionsSpecs
{
    private static readonly SiloAddress[] Silos =
    [
        .. Enumerable.Range(1, 3).Select(port => SiloAddress.New(IPAddress.Loopback, port, 1)),
    ];

    private readonly FakeTimeProvider _time = new();
    private readonly List<int> _asked = [];
    private readonly Dictionary<int, Task> _answers = [];

    [Fact]
    public void Every_silo_is_asked_once()
    {
        var introductions = Introductions();

        introductions.Make(Silos[..2]);
        introductions.Make(Silos);

        Assert.Equal([1, 2, 3], _asked);
    }

    [Fact]
    public void A_silo_that_does_not_answer_keeps_nobody_waiting_and_is_asked_again_after_two_seconds()
    {
        _answers[1] = new TaskCompletionSource().Task;
        var introductions = Introductions();

        introductions.Make(Silos);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        introductions.Make(Silos);
        Assert.Equal([1, 2, 3], _asked);

        _time.Advance(TimeSpan.FromSeconds(0.2));
        introductions.Make(Silos);
        Assert.Equal([1, 2, 3, 1], _asked);
    }

    [Fact]
    public void A_silo_that_cannot_be_reached_is_asked_again_unless_it_is_gone()
    {
        _answers[1] = Task.FromException(new SiloUnavailableException());
        _answers[2] = Task.FromException(new TimeoutException());
        var introductions = Introductions();

        introductions.Make(Silos);
        introductions.Make(Silos[1..]);

        Assert.Equal([1, 2, 3, 2], _asked);
    }

    private Introductions Introductions()
    {
        // What follows a silo's silence follows at once, on this thread.
        SynchronizationContext.SetSynchronizationContext(null);
        return new(
            silo =>
            {
                _asked.Add(silo.Endpoint.Port);
                return _answers.GetValueOrDefault(silo.Endpoint.Port, Task.CompletedTask);
            },
            _time
        );
    }
}
