using System.Diagnostics.Metrics;
using Scoring.Engine;
using Scoring.Engine.Tests;

namespace Scoring.Server.Tests.Telemetry;

/// <summary>The table of metrics says what the meters of the server and of its store have.</summary>
public sealed class MetricReferenceTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Reference_names_every_instrument_with_its_meter_and_unit_and_no_other()
    {
        var made = new HashSet<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith("Scoring.", StringComparison.Ordinal))
                {
                    lock (made)
                    {
                        made.Add($"{instrument.Meter.Name} {instrument.Name} {instrument.Unit}");
                    }
                }
            },
        };
        listener.Start();
        await using var engine = await ScoringEngine.OpenAsync(new EngineOptions { DataDirectory = _folder["data"] });
        await using var front = await Front.StartAsync();
        // The services are made when they are called first.
        await front.FailAsync<V1.GetScoreRequest, V1.CustomerScore>("GetScore", new());

        Assert.Equal(Described().Order(), made.Order());
    }

    /// <summary>Rows "| `meter` | `instrument`, `instrument` | unit | what |"; a meter that is not named is that of the row above.</summary>
    private static IEnumerable<string> Described()
    {
        var meter = "";
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "telemetry.md")))
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (
                cells.Length < 5
                || !(cells[1].StartsWith("`Scoring.", StringComparison.Ordinal) || cells[1].Length == 0)
            )
            {
                continue;
            }
            meter = cells[1].Length > 0 ? cells[1].Trim('`') : meter;
            foreach (var instrument in cells[2].Split(", "))
            {
                yield return $"{meter} {instrument.Trim('`')} {cells[3]}";
            }
        }
    }
}
