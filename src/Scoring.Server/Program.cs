using Scoring.Server.Hosting;

return await ServerProcess.RunAsync(args, Console.Out, Console.Error);
