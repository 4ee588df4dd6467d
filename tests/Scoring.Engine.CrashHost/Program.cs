using System.Globalization;
using Scoring.Engine;
using Scoring.Engine.CrashHost;

// Arguments: the data directory, then the number of acknowledged batches of every writer. Says on standard output what it finds and
// what is acknowledged, each line ending in a period so that one cut short by a kill is told from a whole one:
//   found W N .   writer W's first N batches are there, each event once
//   ack W N .     batch N of writer W is acknowledged
//   stopped .     after a line on standard input asked for a graceful stop
var acknowledged = args.Skip(1).Select(a => int.Parse(a, CultureInfo.InvariantCulture)).ToArray();
using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
var say = TextWriter.Synchronized(output);

var engine = await ScoringEngine.OpenAsync(Load.Options(args[0]));
for (var writer = 0; writer < Load.Writers; writer++)
{
    say.WriteLine($"found {writer} {await Load.WholeBatches(engine, writer)} .");
}

using var stop = new CancellationTokenSource();
var writers = Enumerable
    .Range(0, Load.Writers)
    .Select(writer =>
        Task.Run(async () =>
        {
            // Begins with the batch that was under way at the last kill, under the same ids.
            for (var number = acknowledged[writer]; !stop.IsCancellationRequested; number++)
            {
                using var batch = Load.Batch(writer, number);
                await engine.RecordAsync(batch, CancellationToken.None);
                say.WriteLine($"ack {writer} {number} .");
            }
        })
    )
    .ToArray();

await Console.In.ReadLineAsync();
await stop.CancelAsync();
await Task.WhenAll(writers);
await engine.DisposeAsync();
say.WriteLine("stopped .");
