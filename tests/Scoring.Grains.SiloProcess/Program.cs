using System.Net.Sockets;
using Scoring.Core.Backend;
using Scoring.Grains.SiloProcess;
using Scoring.Grains.SiloProcess.Calls;

var silo = new HostedSilo();
using var listener = new CallListener(new UnixDomainSocketEndPoint(args[0]));
listener.Answer<ISiloControl>(() => silo);
listener.Answer<IScoringBackend>(() => silo.Backend);
listener.Start();
Console.WriteLine("ready");

// It ends with whoever started this process, however that ended.
await Console.In.ReadToEndAsync();
Environment.Exit(0);
