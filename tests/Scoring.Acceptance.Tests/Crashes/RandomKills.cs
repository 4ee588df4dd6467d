using System.Globalization;

namespace Scoring.Acceptance.Tests.Crashes;

/// <summary>Kills processes at random moments under load: while they work, while they start, while they stop, one or two at once.</summary>
/// <remarks>
/// <c>SCORING_KILLS</c> says how often, 20 times unless set; <c>SCORING_CRASH_SEED</c> chooses other moments. The same seed gives nearly the same moments,
/// as far as the machine is as fast.
/// </remarks>
/// <param name="load">What they work on.</param>
/// <param name="output">Is told what was killed when.</param>
/// <param name="victims">What is killed; each needs only those before it to start.</param>
internal sealed class RandomKills(Load load, ITestOutputHelper output, params IReadOnlyList<Victim> victims)
{
    private static readonly int Kills = Number("SCORING_KILLS", 20);
    private static readonly int Seed = Number("SCORING_CRASH_SEED", 1);

    private readonly Random _random = new(Seed);
    private readonly HashSet<Victim> _killed = [];
    private int _kills;

    /// <summary>Kills, and starts again what was killed.</summary>
    public async Task RunAsync()
    {
        output.WriteLine($"{Kills} kills, SCORING_CRASH_SEED={Seed}");
        while (_kills < Kills)
        {
            await load.MoreAsync(_random.Next(1, 300));
            await KillAsync(Any(), Any());
            foreach (var victim in victims.Where(_killed.Contains))
            {
                await victim.Start();
            }
            _killed.Clear();
        }
        await load.MoreAsync(300);
    }

    private async Task KillAsync(Victim victim, Victim other)
    {
        switch (_random.Next(6))
        {
            case 0:
                victim.BeginStop();
                await Task.Delay(_random.Next(0, 200), load.Stopped);
                await KillAsync(victim, "while it stops");
                break;
            case 1:
                await KillAsync(victim, "at work");
                var starting = victim.Start();
                await Task.Delay(_random.Next(0, 1_500), load.Stopped);
                await KillAsync(victim, "while it starts");
                await starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            case 2 when other != victim:
                await Task.WhenAll(KillAsync(victim, "with another"), KillAsync(other, "with another"));
                break;
            default:
                await KillAsync(victim, "at work");
                break;
        }
    }

    private Task KillAsync(Victim victim, string when)
    {
        output.WriteLine($"{DateTime.UtcNow:HH:mm:ss.fff} kill {++_kills}: {victim.Name} {when}");
        _killed.Add(victim);
        return victim.Kill();
    }

    private Victim Any() => victims[_random.Next(victims.Count)];

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
