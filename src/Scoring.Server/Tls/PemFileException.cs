namespace Scoring.Server.Tls;

/// <summary>A PEM file is not there, cannot be read or does not hold what it should.</summary>
public sealed class PemFileException : Exception
{
    /// <summary>An error of a file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="problem">What is wrong with it, to be read behind the path: "holds no private key".</param>
    /// <param name="inner">What showed it.</param>
    public PemFileException(string file, string problem, Exception? inner = null)
        : base($"{file} {problem}.", inner) => (File, Problem) = (file, problem);

    /// <summary>The path of the file.</summary>
    public string File { get; }

    /// <summary>What is wrong with it, without the path.</summary>
    public string Problem { get; }
}
