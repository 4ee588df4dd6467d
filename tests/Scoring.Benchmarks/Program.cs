using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Scoring.Benchmarks;
using Scoring.Benchmarks.Comparisons;
using Scoring.Benchmarks.Rpc;
using Scoring.Benchmarks.Scale;

switch (args)
{
    // `quick {population|weights|attributes|terms|archive|history|filters|questions|merges|sent|apply|engine|scores|checkpoint|restart|all} [customers]` prints the engine's steady state in seconds.
    case ["quick", .. var rest]:
        await QuickFigures.Print(rest);
        break;
    // What follows for loads that no machine here can make (docs/scale.md).
    case ["scale"]:
        await ScaleFigures.PrintAsync();
        break;
    case ["compare", .. var arguments]:
        Environment.ExitCode = await Comparison.RunAsync(arguments);
        break;
    case ["serve-echo"]:
        await EchoServer.RunAsync();
        break;
    default:
        // In this process: the runner of this version knows no .NET 10 to build another one for.
        var config = DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance));
        BenchmarkSwitcher.FromAssembly(typeof(Scoring.Benchmarks.Pieces.ApplyBenchmark).Assembly).Run(args, config);
        break;
}
